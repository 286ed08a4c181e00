"""The processes of the Procfile, run by honcho until the operator stops them."""

import os
import sys
import threading
from pathlib import Path

import honcho.manager
from honcho.environ import parse_procfile
from honcho.manager import SIGNALS, Manager

from ecc_site.launch import ready, startup
from ecc_site.launch.banner import banner
from ecc_site.launch.journal import Journal
from ecc_site.launch.options import ROOT, Options
from ecc_site.launch.refusal import StartupError
from ecc_site.launch.respawn import describe
from ecc_site.launch.tail import last_lines

# A supervisor of respawn.py ends its process within six seconds; honcho's own patience must be longer than that.
honcho.manager.KILL_WAIT = 8


class Processes:
    """Starts all, says when the site is ready, and explains why where it does not get there."""

    def __init__(self, options: Options, flag: Path):
        self.options, self.flag = options, flag
        self.failure: str | None = None
        announcer = threading.Thread(target=self._announce, daemon=True)
        self.journal = Journal(options.logs, when_all_run=announcer.start)
        self.manager = Manager(self.journal)
        for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
            self.manager.add_process(name, command, env=_environment(name), cwd=str(ROOT))

    def run(self) -> None:
        """Return when the operator has stopped the site; raise a Refusal where it stopped by itself."""
        try:
            self.manager.loop()
        except KeyError:  # honcho was asked to stop before it knew all its processes; orphans.py ends them
            sys.exit(self.manager.returncode)
        if death := startup.first_death(self.flag):
            self.failure = self._obituary(*death)
        if self.failure:
            raise StartupError(self.failure)
        if self.manager.returncode not in {known["rc"] for known in SIGNALS.values()}:
            raise StartupError(
                f"A process was ended from outside, so the site has been stopped; see {self.options.logs}."
            )

    def _announce(self) -> None:
        names = ready.wait(self.options.port)
        if startup.first_death(self.flag):
            return
        if "web" in names:
            log = self.journal.path("web")
            self.failure = f"The site did not answer in {ready.WAIT_S} s; the last lines of {log}:\n{last_lines(log)}"
            self.manager.terminate()
            return
        startup.finish(self.flag)
        print(banner(self.options, names), flush=True)

    def _obituary(self, name: str, code: int) -> str:
        log = self.journal.path(name)
        return (
            f"The site was not started because {name} died while starting ({describe(code)}); "
            f"the last lines of {log}:\n{last_lines(log)}"
        )


def _environment(name: str) -> dict[str, str]:
    # Plain `python` and `celery` in the Procfile are those of the environment that runs this.
    here = os.path.dirname(sys.executable)
    return {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}",
        "HONCHO_PROCESS_NAME": name,
        "PYTHONUNBUFFERED": "1",
    }
