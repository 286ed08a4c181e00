"""Start the whole site; Ctrl-C, SIGTERM or a closed terminal stops all of it.

Two processes, so that not even SIGKILL leaves anything behind. This one belongs to the terminal. The other one, the
supervisor, stops the site when its standard input ends, which happens whether this process closes it or dies. When the
supervisor is killed, this process ends what it had started.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from ecc_site.launch import orphans, preflight
from ecc_site.launch.options import ROOT, Options
from ecc_site.launch.output import say

SUPERVISOR = [sys.executable, "-m", "ecc_site.launch.run_site"]


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until there is something to stop
    os.umask(0o077)  # logs hold what customers said; the settings say the same for the other processes
    options = Options.from_environment()
    os.environ.update(options.as_environment())
    preflight.require_writable(options.data_dir)
    with preflight.claim(options.data_dir) as lock:
        preflight.require_free_port(options.port)
        return run(SUPERVISOR, options.data_dir, lock)


def run(supervisor_command: list[str], data_dir: Path, lock: TextIO) -> int:
    """Exit code: the supervisor's own, 1 where it was killed. Both processes hold the lock."""
    supervisor = subprocess.Popen(
        supervisor_command, cwd=ROOT, stdin=subprocess.PIPE, bufsize=0, pass_fds=[lock.fileno()], start_new_session=True
    )
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: supervisor.stdin.close() if supervisor.stdin else None)
    code = supervisor.wait()
    if code >= 0:
        return code
    orphans.end_all(data_dir)
    say(f"The site was stopped because its supervisor was killed by {signal.Signals(-code).name}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
