"""All tests: python -m tests.suite [arguments of pytest].

First on SQLite, then those marked `database` again on a PostgreSQL of their own.
"""

import os
import signal
import subprocess
import sys

from tests import postgres, ready_database
from tests.ci import in_ci

NONE_CHOSEN = 5  # pytest's exit code where the arguments leave no test


def main(arguments: list[str]) -> int:
    # An end from outside becomes an exception, so that the PostgreSQL of the tests is stopped and removed.
    signal.signal(signal.SIGTERM, lambda signum, _: sys.exit(128 + signum))
    code = _pytest(arguments)
    again = _on_postgres([*arguments, "-m", "database"])
    return code if again == NONE_CHOSEN else max(code, again)


def _on_postgres(arguments: list[str]) -> int:
    binaries = postgres.server_binaries()
    if binaries is None:
        print("The tests marked `database` were not run on PostgreSQL: no server was found here.", flush=True)
        return int(in_ci())
    with postgres.temporary_cluster(binaries) as url:
        print("\nThe tests marked `database` again, on PostgreSQL:", flush=True)
        return _pytest(arguments, DATABASE_URL=url, ECC_TEST_TEMPLATE=ready_database.in_cluster(url, binaries))


def _pytest(arguments: list[str], **environment: str) -> int:
    tests = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env={**os.environ, **environment})
    try:
        return tests.wait()
    except KeyboardInterrupt:  # pytest has had it too, and now stops the processes that it started
        tests.wait()
        raise
    except SystemExit:
        tests.send_signal(signal.SIGINT)
        tests.wait()
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
