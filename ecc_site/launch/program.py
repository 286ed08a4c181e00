"""One program of the site: started, and ended together with its process group."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path

from ecc_site.launch import orphans
from ecc_site.launch.output import Output
from ecc_site.startup import StartupError

# Ask; then hurry (Celery puts its unfinished tasks back into the queue); whoever is left after that is killed.
PATIENCE = ((signal.SIGTERM, 2.5), (signal.SIGQUIT, 3.0))


class Program:
    """A shell command under a name; quiet ones write to their log alone."""

    def __init__(self, name: str, command: str, logs: Path, *, quiet: bool = False, patience=PATIENCE):
        self.name, self.command, self.patience = name, command, patience
        self.output = Output(name, logs, quiet=quiet)

    async def run(self) -> int:
        """Exit code. Nothing of its process group is left afterwards, also where this is cancelled."""
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", self.command),
            stdin=DEVNULL,
            stdout=self.output.writer,
            stderr=self.output.writer,
            start_new_session=True,  # Ctrl-C does not reach it, and all that it starts is one group
            preexec_fn=_become_child,
        )
        try:
            return await process.wait()
        finally:
            await self._end(process)
            self.output.finish()

    def failure(self, end: str) -> StartupError:
        cause = f"{self.name} died while starting ({end})"
        return StartupError(f"The site was not started because {cause}; {self.output.last_lines()}")

    async def _end(self, process: Process) -> None:
        for signum, seconds in self.patience:
            if process.returncode is None:
                process.send_signal(signum)
                with suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), seconds)
        with suppress(ProcessLookupError):  # the usual case: nobody is left in the group
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _become_child() -> None:
    """What a new process does before its command.

    A shell that starts the site in the background lets it ignore Ctrl-C and SIGQUIT, and no script of a program could
    catch what it inherits as ignored.
    """
    orphans.end_with_parent()
    for signum in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(signum, signal.SIG_DFL)
