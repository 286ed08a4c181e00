"""The whole site as the operator starts it: real web server, real workers, a Redis of its own."""

import signal
import socket
import sys
import time

import psutil
import pytest

from tests.running_site import BEGIN_S, Site, two_free_ports

pytestmark = pytest.mark.system
END_S = 12


@pytest.fixture(scope="module")
def two_ports():
    return two_free_ports()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One folder for all tests of this file: the demo is loaded once."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def launch(data_dir, two_ports):
    sites = []

    def start(**environment) -> Site:
        sites.append(Site(data_dir, two_ports, **environment))
        return sites[-1]

    yield start
    for site in sites:
        site.kill_all()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_starts_answers_and_leaves_no_process_behind(launch, signum):
    site = launch()
    text = site.wait_for("The site is ready")
    assert f"http://127.0.0.1:{site.port}/" in text
    assert Site.password in text
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
