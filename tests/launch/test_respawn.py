import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import psutil
import pytest

from ecc_site.launch import startup
from ecc_site.launch.options import ROOT

KEEP_WITH_SHORT_PAUSES = """
import sys
from ecc_site.launch.respawn import Supervisor
sys.exit(Supervisor(sys.argv[1:], "patient", pauses_s=(0.1, 0.4, 0.8)).run())
"""
KEEP_WITHOUT_PATIENCE = """
import sys
from signal import SIGQUIT, SIGTERM
from ecc_site.launch.respawn import Supervisor
sys.exit(Supervisor(sys.argv[1:], "patient", patience=((SIGTERM, 0.3), (SIGQUIT, 0.3))).run())
"""
# A command with a child of its own that ignores every request to end.
STUBBORN_FAMILY = "trap '' TERM QUIT INT; (trap '' TERM QUIT INT; sleep 300) & echo $!; while :; do sleep 300; done"


@pytest.fixture
def keep():
    """Start a supervisor for a shell command; its process."""
    running = []

    def start(script: str, *, program=("-m", "ecc_site.launch.respawn", "--"), **environment) -> subprocess.Popen:
        command = [sys.executable, *program, "sh", "-c", script]
        environment = {**os.environ, "HONCHO_PROCESS_NAME": "patient", **environment}
        supervisor = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        running.append(supervisor)
        return supervisor

    yield start
    for supervisor in running:
        supervisor.kill()
        supervisor.wait()


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_it_starts_a_dead_command_again_after_growing_pauses(keep, tmp_path, eventually):
    births = tmp_path / "births"
    keep(f"date +%s.%N >> {births}; exit 3", program=("-c", KEEP_WITH_SHORT_PAUSES))
    assert eventually(lambda: births.exists() and len(births.read_text().split()) >= 4)
    times = [float(line) for line in births.read_text().split()]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[0] >= 0.1
    assert pauses[1] >= 0.4
    assert pauses[2] >= 0.8


def test_it_says_why_and_when_it_starts_a_command_again(keep):
    assert keep("exit 3").stdout.readline() == "patient ended (exit code 3); it is started again in 1 s.\n"
    assert keep("kill -9 $$").stdout.readline() == "patient ended (killed by SIGKILL); it is started again in 1 s.\n"


def test_a_command_that_has_lived_long_enough_begins_again_with_the_shortest_pause(keep):
    settled_at_once = KEEP_WITH_SHORT_PAUSES.replace("pauses_s=", "settled_s=0, pauses_s=")
    supervisor = keep("exit 1", program=("-c", settled_at_once))
    assert [supervisor.stdout.readline().split()[-2] for _ in range(3)] == ["0.1"] * 3


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_to_end_ends_the_command_and_counts_as_success(keep, signum):
    supervisor = keep("echo $$; exec sleep 300")
    child = int(supervisor.stdout.readline())
    supervisor.send_signal(signum)
    assert supervisor.wait(5) == 0
    assert not lives(child)


def test_a_request_to_end_during_a_pause_is_heard_at_once(keep):
    supervisor = keep("exit 1")
    supervisor.stdout.readline()
    began = time.monotonic()
    supervisor.terminate()
    assert supervisor.wait(5) == 0
    assert time.monotonic() - began < 0.9


def test_a_family_that_ignores_requests_is_killed_when_patience_ends(keep, eventually):
    supervisor = keep(STUBBORN_FAMILY, program=("-c", KEEP_WITHOUT_PATIENCE))
    grandchild = int(supervisor.stdout.readline())
    family = [process.pid for process in psutil.Process(supervisor.pid).children(recursive=True)]
    assert grandchild in family
    supervisor.terminate()
    assert supervisor.wait(5) == 0
    assert eventually(lambda: not any(map(lives, family)), seconds=1)


def test_children_of_a_command_that_died_are_gone_before_it_starts_again(keep, eventually):
    supervisor = keep("sleep 300 & echo $!; exit 1")
    orphan = int(supervisor.stdout.readline())
    supervisor.stdout.readline()
    assert eventually(lambda: not lives(orphan), seconds=1)


def test_a_command_that_dies_while_the_site_is_starting_is_final_and_named(keep, tmp_path):
    flag = startup.begin(tmp_path)
    assert keep("exit 3").wait(5) == 1
    assert startup.first_death(flag) == ("patient", 3)


def test_a_command_that_dies_after_the_site_was_ready_is_started_again(keep, tmp_path):
    startup.finish(startup.begin(tmp_path))
    assert "started again" in keep("exit 3").stdout.readline()


def test_a_program_that_does_not_exist_ends_it_with_a_sentence(tmp_path):
    command = [sys.executable, "-m", "ecc_site.launch.respawn", "--", "no-such-program"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert done.stdout.startswith("The program no-such-program was not found")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has been killed")
def test_a_supervisor_that_is_killed_takes_its_command_along(keep, eventually):
    supervisor = keep("echo $$; exec sleep 300")
    child = int(supervisor.stdout.readline())
    supervisor.kill()
    assert eventually(lambda: not lives(child), seconds=2)
