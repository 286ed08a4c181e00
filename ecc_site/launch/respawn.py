"""Keep a command running: python -m ecc_site.launch.respawn -- COMMAND…

A command that ends is started again after a pause that grows with every failure. While the site is still starting
(see startup.py) its end is final instead. SIGTERM and SIGINT end the command with everything that it started.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

from ecc_site.launch import prctl, startup
from ecc_site.launch.wake import Wake

PAUSES_S = (1, 2, 4, 8, 16, 32, 60)
SETTLED_S = 60  # a command that has lived so long begins again with the shortest pause
NOT_FOUND = 127  # what a shell answers
# Ask; then hurry (Celery puts its unfinished tasks back into the queue); whoever is left after that is killed.
PATIENCE = ((signal.SIGTERM, 2.5), (signal.SIGQUIT, 3.0))


class Supervisor:
    """Runs one command again and again until it is asked to stop."""

    def __init__(self, command: list[str], name: str, pauses_s=PAUSES_S, settled_s=SETTLED_S, patience=PATIENCE):
        self.command, self.name = command, name
        self.pauses_s, self.settled_s, self.patience = pauses_s, settled_s, patience
        self.wake = Wake()
        self.failures = 0

    def run(self) -> int:
        """Exit code: 0 where an end was asked for, 1 where the command died while the site was starting."""
        while True:
            began = time.monotonic()
            child = self._start()
            while child.poll() is None and not self.wake.asked_to_stop:
                self.wake.sleep()
            self._end(child)
            if self.wake.asked_to_stop:
                return 0
            if startup.is_under_way():
                startup.report_death(self.name, child.returncode)
                return 1
            self._pause(child.returncode, time.monotonic() - began)
            if self.wake.asked_to_stop:
                return 0

    def _start(self) -> subprocess.Popen:
        # A group of its own: a signal meant for the command reaches its main process first, which then
        # ends its workers in order, and SIGKILL to the group leaves none of them.
        return subprocess.Popen(self.command, start_new_session=True, preexec_fn=_die_with_supervisor)  # noqa: PLW1509 - one thread

    def _end(self, child: subprocess.Popen) -> None:
        for signum, patience_s in self.patience:
            if child.poll() is None:
                child.send_signal(signum)
                self._wait(child, patience_s)
        with suppress(ProcessLookupError):  # the usual case: nobody is left in the group
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def _wait(self, child: subprocess.Popen, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while child.poll() is None and (left := deadline - time.monotonic()) > 0:
            self.wake.sleep(left)

    def _pause(self, code: int, lived_s: float) -> None:
        self.failures = 0 if lived_s >= self.settled_s else self.failures
        pause_s = self.pauses_s[min(self.failures, len(self.pauses_s) - 1)]
        self.failures += 1
        print(f"{self.name} ended ({describe(code)}); it is started again in {pause_s} s.", flush=True)
        deadline = time.monotonic() + pause_s
        while not self.wake.asked_to_stop and (left := deadline - time.monotonic()) > 0:
            self.wake.sleep(left)


def _die_with_supervisor() -> None:
    prctl.die_with_parent(signal.SIGTERM)


def describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["--"] or not arguments[1:]:
        print("usage: python -m ecc_site.launch.respawn -- COMMAND…", file=sys.stderr)
        return 2
    prctl.die_with_parent(signal.SIGTERM)
    command = arguments[1:]
    name = os.environ.get("HONCHO_PROCESS_NAME", command[0])
    if shutil.which(command[0]) is None:
        print(f"The program {command[0]} was not found; `make run` installs what the site needs.", flush=True)
        if startup.is_under_way():
            startup.report_death(name, NOT_FOUND)
        return NOT_FOUND
    return Supervisor(command, name).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
