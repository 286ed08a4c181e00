import asyncio
import signal
from itertools import pairwise

import pytest

from ecc_site.launch.program import Program
from ecc_site.launch.supervisor import Supervisor
from ecc_site.startup import StartupError

PATIENT = ((signal.SIGTERM, 3600),)


@pytest.fixture
def patient(tmp_path):
    """Make the program `patient` of a shell command; it runs in an empty folder of its own."""

    def make(script: str) -> list[Program]:
        return [Program("patient", f"cd {tmp_path}; {script}", tmp_path, patience=PATIENT)]

    return make


@pytest.fixture
def log(tmp_path):
    """The lines of `patient` so far."""
    file = tmp_path / "patient.log"
    return lambda: file.read_text().splitlines() if file.exists() else []


def test_a_dead_program_is_started_again_after_pauses_that_grow(supervise, patient, log, tmp_path):
    pauses_s = (0.05, 0.2, 0.4)
    births = tmp_path / "births"
    supervise(
        lambda: patient("date +%s.%N >> births; exit 3"),
        until=lambda: births.exists() and len(births.read_text().split()) >= 5,
        pauses_s=pauses_s,
    )
    times = [float(line) for line in births.read_text().split()]
    waited = [later - earlier for earlier, later in pairwise(times)]
    assert all(between >= pause for between, pause in zip(waited, (*pauses_s, pauses_s[-1]), strict=False))
    assert log()[:2] == [
        "patient ended (exit code 3); it is started again in 0.05 s.",
        "patient ended (exit code 3); it is started again in 0.2 s.",
    ]


def test_it_says_by_which_signal_a_program_was_killed(supervise, patient, log):
    supervise(lambda: patient("kill -9 $$"), until=log, pauses_s=(3600,))
    assert log() == ["patient ended (killed by SIGKILL); it is started again in 3600 s."]


def test_a_program_that_has_lived_long_enough_begins_again_with_the_shortest_pause(supervise, patient, log):
    supervise(lambda: patient("exit 1"), until=lambda: len(log()) >= 3, settled_s=0, pauses_s=(0.01, 3600))
    assert all("in 0.01 s" in line for line in log())


def test_a_program_that_could_not_be_started_is_tried_again(supervise, patient, log, monkeypatch):
    async def no_memory(_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(Program, "run", no_memory)
    supervise(lambda: patient("true"), until=lambda: len(log()) >= 2, pauses_s=(0.01,))
    assert "Resource temporarily unavailable" in log()[0]


def test_a_program_that_dies_while_the_site_is_starting_ends_the_start(supervise, patient, tmp_path):
    with pytest.raises(StartupError) as failure:
        supervise(
            lambda: [*patient("echo no such model; exit 3"), Program("other", "sleep 300", tmp_path)], ready=False
        )
    assert str(failure.value) == (
        "The site was not started because patient died while starting (exit code 3); "
        f"the last lines of {tmp_path}/patient.log:\n  no such model"
    )


def test_the_end_of_standard_input_stops_all(supervise, patient, standard_input, log):
    def close_once_it_runs():
        if log() == ["running"]:
            standard_input.close()
        return False

    supervise(
        lambda: patient("trap 'echo ended; exit' TERM; echo running; while :; do sleep 0.02; done"), close_once_it_runs
    )
    assert log() == ["running", "ended"]


def test_a_stop_is_heard_during_a_pause(supervise, patient, standard_input, log):
    def stop_in_the_pause():
        if log():
            standard_input.close()
        return False

    supervise(lambda: patient("exit 1"), stop_in_the_pause, pauses_s=(3600,))
    assert len(log()) == 1


@pytest.fixture
def nested(standard_input, tmp_path):
    """Run a slow program inside the block of another one, and stop both once they run; the lines they wrote."""
    written = tmp_path / "written"

    def program(name: str, slowly: str) -> Program:
        ending = f"{slowly}echo {name} ended >> {written}; exit"
        script = f"trap '{ending}' TERM; echo running >> {written}; while :; do sleep 0.02; done"
        return Program(name, script, tmp_path, patience=PATIENT)

    async def site(supervisor: Supervisor, end) -> None:
        async with supervisor.running([program("outer", "")]), supervisor.running([program("inner", "sleep 0.3; ")]):
            while not written.exists() or len(written.read_text().splitlines()) < 2:
                await asyncio.sleep(0.01)
            end(supervisor)
            await asyncio.Event().wait()

    async def main(end) -> None:
        supervisor = Supervisor()
        await supervisor.run(site(supervisor, end))

    def run(end) -> list[str]:
        asyncio.run(main(end))
        return written.read_text().splitlines()

    return run


def test_what_was_started_first_ends_last(nested):
    assert nested(Supervisor.stop) == ["running", "running", "inner ended", "outer ended"]


def test_a_second_request_to_stop_changes_nothing(nested):
    def twice(supervisor):
        supervisor.stop()
        asyncio.get_running_loop().call_later(0.1, supervisor.stop)

    assert nested(twice) == ["running", "running", "inner ended", "outer ended"]


def test_a_site_that_cannot_be_started_ends_what_was_running_also_when_a_stop_is_asked_for_meanwhile(nested, tmp_path):
    def fail(supervisor):
        asyncio.get_running_loop().call_later(0.1, supervisor.stop)
        raise StartupError("no")

    with pytest.raises(StartupError):
        nested(fail)
    assert (tmp_path / "written").read_text().splitlines()[2:] == ["inner ended", "outer ended"]
