"""All tests: python -m tests.suite [arguments of pytest].

First on SQLite, then those marked `database` again on a PostgreSQL of their own.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import postgres
from tests.ci import in_ci

NONE_CHOSEN = 5  # pytest's exit code where the arguments leave no test


def main(arguments: list[str]) -> int:
    # An end from outside becomes an exception, so that the PostgreSQL of the tests is stopped and removed.
    signal.signal(signal.SIGTERM, lambda signum, _: sys.exit(128 + signum))
    environment = {**os.environ, **_browser()}
    notes = []
    codes = [_pytest(arguments, environment)]
    if binaries := _postgres(notes):
        with postgres.temporary_cluster(binaries) as url:
            print("\nThe tests marked `database` again, on PostgreSQL:", flush=True)
            code = _pytest([*arguments, "-m", "database"], {**environment, "DATABASE_URL": url})
            codes.append(0 if arguments and code == NONE_CHOSEN else code)
    print(*notes, sep="\n")
    return max(codes)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    tests = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=environment)
    try:
        return tests.wait()
    except KeyboardInterrupt:  # pytest has had it too, and now stops the processes that it started
        tests.wait()
        raise
    except SystemExit:
        tests.send_signal(signal.SIGINT)
        tests.wait()
        raise


def _browser() -> dict[str, str]:
    try:
        return {"ECC_CHROMIUM": str(browser.bring())}
    except browser.BrowserNotFound as reason:
        if in_ci():
            raise
        print(f"The tests marked `browser` are skipped. {reason}", flush=True)
        return {}


def _postgres(notes: list[str]) -> Path | None:
    binaries = postgres.server_binaries()
    if binaries is None and in_ci() and debian.can_install():
        debian.install("postgresql")
        binaries = postgres.server_binaries()
    if binaries is None and in_ci():
        sys.exit("PostgreSQL was not found and could not be installed: in CI its tests may not be skipped.")
    if binaries is None:
        notes.append("Skipped: the tests marked `database` on PostgreSQL, because no PostgreSQL server was found here.")
    return binaries


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
