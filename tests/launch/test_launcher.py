"""The two processes that hold a site, whichever of them is asked to stop, dies or loses its terminal."""

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import psutil
import pytest

from ecc_site.launch.options import ROOT
from tests.launch.processes import lives, zombies_below

PATIENCE_S = 60

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")


class SmallSite:
    """A launched site of two shell scripts; see small_site.py."""

    def __init__(self, folder: Path, **how):
        self.folder = folder
        command = [sys.executable, "-m", "tests.launch.small_site", str(folder)]
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **how}
        self.launcher = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, **how)

    def wait(self) -> str:
        """What it wrote until its end."""
        return self.launcher.communicate(timeout=PATIENCE_S)[0]

    def wait_until_ready(self) -> "SmallSite":
        deadline = time.monotonic() + PATIENCE_S
        for line in self.launcher.stdout:  # its worker writes ten lines a second
            if line == "The site is ready\n":
                return self
            assert time.monotonic() < deadline, "waited in vain"
        raise AssertionError("the site ended early")

    @property
    def supervisor(self) -> psutil.Process:
        return psutil.Process(self.launcher.pid).children()[0]

    def living(self) -> list[int]:
        """Process ids of the programs and of the stubborn child that are still there."""
        return [pid for pid in map(int, (self.folder / "pids").read_text().split()) if lives(pid)]


@pytest.fixture
def launch(tmp_path):
    sites = []

    def start(**how) -> SmallSite:
        sites.append(SmallSite(tmp_path, **how))
        return sites[-1]

    yield start
    for site in sites:
        if site.launcher.poll() is None:
            left = psutil.Process(site.launcher.pid).children(recursive=True)
            for process in [*left, site.launcher]:
                with contextlib.suppress(psutil.NoSuchProcess):  # it may end with one killed before it
                    process.kill()
            site.launcher.wait()
        for pid in site.living():
            with contextlib.suppress(ProcessLookupError):  # it has ended since it was listed
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_to_stop_leaves_nothing_and_counts_as_success(launch, signum):
    site = launch().wait_until_ready()
    assert len(site.living()) == 3
    site.launcher.send_signal(signum)
    assert site.wait().endswith("Stopped.\n")
    assert site.launcher.returncode == 0
    assert site.living() == []


def test_a_worker_that_was_killed_comes_back_and_leaves_no_zombie(launch, eventually):
    site = launch().wait_until_ready()
    worker = next(child for child in site.supervisor.children() if site.folder.name in " ".join(child.cmdline()))
    worker.kill()
    assert eventually(lambda: len((site.folder / "pids").read_text().split()) == 5)
    # The `sleep` of a shell is one for a moment, too.
    assert eventually(lambda: not zombies_below(site.launcher.pid)), "a zombie stays"


def test_a_closed_terminal_ends_the_site(launch, eventually):
    operator, terminal = pty.openpty()

    def take_the_terminal():
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    site = launch(stdout=terminal, stderr=terminal, preexec_fn=take_the_terminal)
    os.close(terminal)
    seen = b""
    while b"The site is ready" not in seen or b"at work" not in seen:
        seen += os.read(operator, 1024)
    assert b"\033[" in seen  # the names are coloured
    os.close(operator)
    assert site.launcher.wait(PATIENCE_S) == 0
    assert site.living() == []


def test_a_reader_that_has_gone_ends_the_site(launch):
    site = launch().wait_until_ready()
    site.launcher.stdout.close()
    assert site.launcher.wait(PATIENCE_S) == 0
    assert site.living() == []


def test_a_killed_launcher_takes_the_site_along(launch, eventually):
    site = launch().wait_until_ready()
    supervisor = site.supervisor
    site.launcher.kill()
    assert eventually(lambda: not lives(supervisor.pid))
    assert site.living() == []


@only_linux
def test_a_killed_supervisor_takes_the_site_along_and_is_reported(launch, eventually):
    site = launch().wait_until_ready()
    site.supervisor.kill()
    assert site.wait().endswith("The site was stopped because its supervisor was killed by SIGKILL.\n")
    assert site.launcher.returncode == 1
    assert eventually(lambda: not site.living())


@only_linux
def test_what_two_killed_processes_left_is_ended_by_the_next_start(launch, eventually):
    site = launch().wait_until_ready()
    supervisor = site.supervisor
    supervisor.suspend()  # or it would still end all in order
    site.launcher.kill()
    supervisor.kill()
    assert eventually(lambda: len(site.living()) == 1)  # in a session of its own
    left = site.living()
    launch().wait_until_ready()
    assert not any(map(lives, left))


def test_a_second_site_in_the_same_folder_is_refused(launch):
    launch().wait_until_ready()
    second = launch()
    assert second.wait().startswith("A site already runs from")
    assert second.launcher.returncode == 1
