"""A launched site that can be killed and launched again on the same folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.running_site import Site, two_free_ports

IN_SITE = "benchmarks.fault_injection.in_site"
WELL_S = 180  # a site that is not well again after so long is given up
# The timings of jobs are shortened, so that a dead worker is noticed within seconds.
TIMINGS = {"JOB_HEARTBEAT_S": "1", "JOB_SILENCE_S": "6", "JOB_RESEND_S": "10"}


class NotWell(Exception):
    """The site did not come back by itself."""


class LaunchedSite(Site):
    """One launch of the site."""

    def is_well(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == requests.codes.ok
        except requests.RequestException:
            return False


class BreakableSite:
    """The site as everybody knows it: one address and one folder, whichever launch is the present one."""

    def __init__(self, folder: Path, **environment: str):
        self.folder, self._ports = folder, two_free_ports()
        self._environment = {**TIMINGS, **environment}
        self.now = self._launch()

    def _launch(self) -> LaunchedSite:
        return LaunchedSite(self.folder, self._ports, **self._environment)

    def launch_again(self) -> None:
        self.now = self._launch()
        self.now.wait_for("The site is ready")

    def programs(self, words: str) -> list[psutil.Process]:
        """The processes with these words in their command, the oldest, which is the parent of the others, first."""
        found = [process for process in self.now.processes() if words in " ".join(_command(process))]
        return sorted(found, key=lambda process: process.create_time())

    def wait_until(self, condition: Callable[[], Any], what: str, seconds: float = WELL_S) -> None:
        """Raises NotWell where the condition does not come true, or the launcher ends meanwhile."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.now.launcher.poll() is not None:
                raise NotWell(f"The site ended by itself while {what} was awaited.\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise NotWell(f"{what} was awaited in vain for {seconds} s.\n{self.last_words()}")
            time.sleep(0.1)

    def wait_until_well(self) -> None:
        self.wait_until(self.now.is_well, "an answer of /healthz")

    def last_words(self) -> str:
        return "\n".join(self.now.terminal.read_text(errors="replace").splitlines()[-20:])


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has ended meanwhile
        return []
