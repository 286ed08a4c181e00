"""Small helpers for programs that listen, write and end."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import TextIO

import pytest

from ecc_site.launch.program import Program
from ecc_site.launch.supervisor import Supervisor

PATIENCE_S = 60  # for states that come at once on an idle machine


@pytest.fixture
def eventually() -> Callable:
    """Call something until it is true; what it returned last."""

    def wait(condition: Callable):
        deadline = time.monotonic() + PATIENCE_S
        while not (value := condition()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return value

    return wait


@pytest.fixture
def standard_input(monkeypatch) -> TextIO:
    """The other end of this process's standard input; a supervisor stops when it is closed."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as standard_input, os.fdopen(writer, "w") as other_end:
        monkeypatch.setattr(sys, "stdin", standard_input)
        yield other_end


@pytest.fixture
def supervise(standard_input, tmp_path) -> Callable:
    """Keep programs running in this process until a condition holds."""

    def run(make_programs: Callable[[], list[Program]], until: Callable = lambda: False, *, ready=True, **timing):
        async def site(supervisor: Supervisor) -> None:
            async with supervisor.running(make_programs()):
                async with asyncio.timeout(PATIENCE_S):
                    while not until():
                        await asyncio.sleep(0.01)

        async def main() -> None:
            supervisor = Supervisor(**timing)
            supervisor.ready = ready
            await supervisor.run(site(supervisor))

        asyncio.run(main())

    return run
