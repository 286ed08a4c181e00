"""Runs programs: starts those again that end, and stops all of them in order when it is asked to."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from ecc_site.launch import orphans
from ecc_site.launch.output import say
from ecc_site.launch.program import Program
from ecc_site.startup import StartupError

PAUSES_S = (1, 2, 4, 8, 16, 32, 60)  # the last one is repeated
SETTLED_S = 60  # a program that has lived so long begins again with the shortest pause


class Supervisor:
    """While `ready` is False, a program that ends makes the start of the site fail."""

    def __init__(self, pauses_s: tuple[float, ...] = PAUSES_S, settled_s: float = SETTLED_S):
        self.pauses_s, self.settled_s = pauses_s, settled_s
        self.ready = False
        self._failure: StartupError | None = None
        self._stopping = False
        self._task: asyncio.Task | None = None

    async def run(self, site: Coroutine) -> None:
        """Await the site, until a signal or the end of standard input stops it. StartupError where it did not start."""
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin, self.stop)
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(signum, self.stop)
        try:
            await site
        except asyncio.CancelledError:
            if self._failure:
                raise self._failure from None

    def stop(self, failure: StartupError | None = None) -> None:
        """Cancel the site, whose `running` blocks then end, the innermost first."""
        asyncio.get_running_loop().remove_reader(sys.stdin)
        if not self._stopping:  # a second cancellation would interrupt the first
            self._stopping, self._failure = True, failure
            if self._task:
                self._task.cancel()

    @asynccontextmanager
    async def running(self, programs: Iterable[Program]) -> AsyncIterator[None]:
        """Within this block these programs are kept running, all side by side."""
        tasks = [asyncio.create_task(self._keep_running(program)) for program in programs]
        try:
            yield
        finally:
            self._stopping = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_running(self, program: Program) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                end = describe(await program.run())
            except OSError as error:  # no memory or no process left for it
                end = str(error)
            if not self.ready:
                return self.stop(program.failure(end))
            failures = 0 if time.monotonic() - began >= self.settled_s else failures
            pause_s = self.pauses_s[min(failures, len(self.pauses_s) - 1)]
            failures += 1
            program.output.write(f"{program.name} ended ({end}); it is started again in {pause_s} s.")
            await asyncio.sleep(pause_s)


def supervise(data_dir: Path, site: Callable[[Supervisor], Coroutine], orphans_s: float = 1, **timing) -> None:
    """Run a site as all that this process does; nothing of it is left afterwards. Orphans have orphans_s to end."""
    supervisor = Supervisor(**timing)
    orphans.mark_children(data_dir)
    try:
        asyncio.run(supervisor.run(site(supervisor)))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends anyway
        orphans.end_all(data_dir, orphans_s)
    say("Stopped.")


def describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
