"""Start the whole site, wait until it answers, and stop all of it on Ctrl-C, SIGTERM or a closed terminal."""

import os
import signal
import sys
from pathlib import Path

from ecc_site.launch import orphans, prctl, preflight, prepare, redis_server, startup, terminal
from ecc_site.launch.options import Options
from ecc_site.launch.processes import Processes


def main() -> None:
    _end_in_order_on_signals()
    options = Options.from_environment()
    os.environ.update(options.as_environment())
    preflight.require_writable(options.data_dir)
    preflight.require_free_port(options.port)
    with preflight.claim(options.data_dir):
        prctl.adopt_orphans()
        flag = startup.begin(options.data_dir)
        try:
            _run(options, flag)
        finally:
            orphans.end_all()
            startup.finish(flag)
    print("Stopped.", flush=True)


def _run(options: Options, flag: Path) -> None:
    with redis_server.at(options.redis_url, options.data_dir) as redis:
        print(f"{redis}. Preparing the database …", flush=True)
        prepare.in_own_process()
        Processes(options, flag).run()


def _end_in_order_on_signals() -> None:
    def leave(signum, _):
        sys.exit(128 + signum)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    # Honcho later replaces those two, and leaves this one.
    signal.signal(signal.SIGHUP, terminal.gone)


if __name__ == "__main__":
    # Honcho's helpers are forks of this process; without this they would outlive it when it is killed.
    os.register_at_fork(after_in_child=lambda: prctl.die_with_parent(signal.SIGKILL))
    main()
