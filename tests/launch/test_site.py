"""The whole site as the operator starts it: real web server, real workers, a Redis of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from ecc_site.launch.options import ROOT

pytestmark = pytest.mark.system
BEGIN_S, END_S = 150, 12  # the first includes loading the demo on a busy machine


@pytest.fixture(scope="module")
def two_ports():
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One folder for all tests of this file: the demo is loaded once."""
    return tmp_path_factory.mktemp("var")


class Site:
    """A launched site, its terminal, and all processes that belong to its data folder."""

    def __init__(self, data_dir, ports, **environment):
        self.data_dir, (self.port, redis_port) = data_dir, ports
        self.terminal = data_dir / "terminal.txt"
        mine = {
            **os.environ,
            "ECC_DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "ECC_DEMO_PASSWORD": "a-password-of-the-tests",
            **environment,
        }
        for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ECC_PROFILE"):
            mine.pop(name, None)
        with self.terminal.open("w") as output:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "ecc_site.launch"], cwd=ROOT, env=mine, stdout=output, stderr=output
            )

    def wait_for(self, words: str, seconds: float = BEGIN_S) -> str:
        deadline = time.monotonic() + seconds
        while words not in (text := self.terminal.read_text()):
            assert self.launcher.poll() is None, f"the site ended early:\n{text}"
            assert time.monotonic() < deadline, f"waited in vain for {words!r}:\n{text}"
            time.sleep(0.1)
        return text

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status

    def processes(self) -> list[psutil.Process]:
        """By the data folder in their environment, so that none escapes by leaving its parent or its group."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("ECC_DATA_DIR") == str(self.data_dir)
        except psutil.Error:
            return False

    def find(self, words: str) -> psutil.Process:
        """The process that runs this command itself, not the one that keeps it."""
        found = [p for p in self.processes() if words in (line := " ".join(p.cmdline())) and "respawn" not in line]
        return min(found, key=lambda process: process.create_time())


@pytest.fixture
def launch(data_dir, two_ports):
    sites = []

    def start(**environment) -> Site:
        sites.append(Site(data_dir, two_ports, **environment))
        return sites[-1]

    yield start
    for site in sites:
        for process in site.processes():
            process.kill()
        site.launcher.wait()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_starts_answers_and_leaves_no_process_behind(launch, signum):
    site = launch()
    text = site.wait_for("The site is ready")
    assert f"http://127.0.0.1:{site.port}/" in text
    assert "a-password-of-the-tests" in text
    assert "Not seen so far" not in text
    assert site.status("/healthz") == 200
    assert site.status("/accounts/login/") == 200
    assert len(site.processes()) > 8

    began = time.monotonic()
    site.launcher.send_signal(signum)
    assert site.launcher.wait(END_S) == 0
    assert site.processes() == []
    assert time.monotonic() - began < END_S
    assert site.terminal.read_text().endswith("Stopped.\n")


def test_a_worker_that_is_killed_later_is_started_again_and_a_killed_start_up_takes_all_along(launch):
    site = launch()
    site.wait_for("The site is ready")
    worker = site.find("worker --queues light")
    worker.kill()
    site.wait_for("worker-light ended (killed by SIGKILL); it is started again in 1 s.", seconds=10)
    deadline = time.monotonic() + 10
    while not (again := _pid_of(site, "worker --queues light")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert again not in (None, worker.pid)

    site.launcher.kill()
    deadline = time.monotonic() + END_S
    while site.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    if sys.platform == "linux":
        assert site.processes() == []


def _pid_of(site: Site, words: str) -> int | None:
    try:
        return site.find(words).pid
    except (ValueError, psutil.Error):
        return None


DIES_WITHOUT_ITS_MODEL = """
import os, sys
if "models" in sys.orig_argv and "ecc_site.launch.respawn" not in sys.orig_argv:
    print("no such model", flush=True)
    os._exit(3)
"""


def test_a_worker_that_dies_while_starting_ends_the_start_with_its_name_and_its_last_lines(launch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(DIES_WITHOUT_ITS_MODEL)
    site = launch(PYTHONPATH=str(tmp_path))
    assert site.launcher.wait(BEGIN_S) == 1
    text = site.terminal.read_text()
    last = text[text.index("The site was not started") :]
    assert last.startswith("The site was not started because worker-models died while starting (exit code 3)")
    assert "no such model" in last
    assert "Traceback" not in last
    assert site.processes() == []


def test_a_taken_port_ends_the_start_with_one_sentence(launch, two_ports):
    with socket.create_server(("127.0.0.1", two_ports[0])):
        site = launch()
        assert site.launcher.wait(BEGIN_S) == 1
    text = site.terminal.read_text()
    assert text == f"Port {site.port} on 127.0.0.1 is taken by another program; choose another with PORT=NUMBER.\n"
    assert site.processes() == []
