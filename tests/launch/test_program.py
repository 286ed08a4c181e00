import asyncio
import signal

import pytest

from ecc_site.launch.program import Program
from tests.launch.processes import lives

IMPATIENT = ((signal.SIGTERM, 0.2), (signal.SIGQUIT, 0.2))
# Each ignores every request to end.
STUBBORN_FAMILY = "trap '' TERM QUIT; (trap '' TERM QUIT; sleep 300) & echo $$ $!; while :; do sleep 300; done"


@pytest.fixture
def run(tmp_path):
    """Run a program; with a patience, it is cancelled as soon as it has written a line. Exit code and log."""

    async def until_it_writes(program: Program) -> None:
        task = asyncio.create_task(program.run())
        while not program.output.log.read_text().endswith("\n"):
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    async def main(script: str, patience) -> tuple[int | None, str]:
        program = Program("patient", script, tmp_path, patience=patience or IMPATIENT)
        code = await (until_it_writes(program) if patience else program.run())
        return code, program.output.log.read_text()

    return lambda script, patience=None: asyncio.run(main(script, patience))


def test_it_returns_the_exit_code_when_all_lines_have_arrived(run):
    assert run("echo 退货; printf 'without an end' >&2; exit 3") == (3, "退货\nwithout an end\n")


def test_a_program_that_is_not_installed_says_so(run):
    code, log = run("exec no-such-program")
    assert code == 127
    assert "no-such-program: not found" in log


def test_what_a_dead_program_left_in_its_group_is_gone(run, eventually):
    _, log = run("sleep 300 & echo $!; exit 1")
    assert eventually(lambda: not lives(int(log)))


def test_a_program_is_asked_to_end_first(run):
    waiting = "trap 'echo asked; exit' TERM; echo $$; while :; do sleep 0.02; done"
    _, log = run(waiting, patience=((signal.SIGTERM, 60),))
    assert log.endswith("\nasked\n")


def test_a_program_that_takes_its_time_is_told_to_hurry(run):
    slow = "trap '' TERM; trap 'echo hurried; exit' QUIT; echo $$; while :; do sleep 0.02; done"
    _, log = run(slow, patience=((signal.SIGTERM, 0.2), (signal.SIGQUIT, 60)))
    assert log.endswith("\nhurried\n")


def test_a_program_hears_the_requests_that_the_site_itself_ignores(run):
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)  # as in a site that a shell started in the background
    try:
        waiting = "trap 'echo heard; exit' QUIT; echo $$; while :; do sleep 0.02; done"
        _, log = run(waiting, patience=((signal.SIGQUIT, 60),))
    finally:
        signal.signal(signal.SIGQUIT, before)
    assert log.endswith("\nheard\n")


def test_a_family_that_ignores_requests_is_killed_when_patience_ends(run, eventually):
    _, log = run(STUBBORN_FAMILY, patience=IMPATIENT)
    assert eventually(lambda: not any(map(lives, map(int, log.split()))))
