"""The whole site as the operator starts it: real web server, real workers, a Redis of its own."""

import secrets
import socket
import sys

import psutil
import pytest

from tests.running_site import BEGIN_S, Site, two_free_ports

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def two_ports():
    return two_free_ports()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One folder for all tests of this file: its tables are made once."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def launch(data_dir, two_ports):
    """Start the site in production, where no demo is loaded; tests/system has the demo."""
    production = {"ECC_PROFILE": "production", "SECRET_KEY": secrets.token_urlsafe(60), "ALLOWED_HOSTS": "127.0.0.1"}
    sites = []

    def start(**environment) -> Site:
        sites.append(Site(data_dir, two_ports, **production, **environment))
        return sites[-1]

    yield start
    for site in sites:
        site.kill_all()


def test_it_answers_starts_a_killed_worker_again_and_killed_itself_takes_all_along(launch, eventually):
    """One story, since each start of a whole site takes long. It ends with a start over demo accounts, refused."""
    site = launch()
    text = site.wait_for("The site is ready")
    assert f"http://127.0.0.1:{site.port}/" in text
    assert "Not seen so far" not in text
    assert site.status("/healthz") == 200
    assert site.find("redis-server").is_running()
    worker = site.find("worker --queues light")
    worker.kill()
    site.wait_for("worker-light ended (killed by SIGKILL); it is started again in 1 s.")
    assert eventually(lambda: _pid_of(site, "worker --queues light") not in (None, worker.pid))
    site.run("manage", "shell", "--no-imports", "-c", "from ecc_site.demo_accounts import make_accounts as m; m()")

    site.launcher.kill()
    if sys.platform == "linux":  # only Linux tells a child that its parent was killed
        assert eventually(lambda: site.processes() == [])
    else:
        site.kill_all()

    refused = launch()
    assert refused.launcher.wait(BEGIN_S) == 1
    said = refused.terminal.read_text()
    assert "active demo accounts (admin, annotator, annotator2, manager)" in said
    assert "manage.py disable_demo_accounts" in said
    assert refused.processes() == []
    refused.run("manage", "disable_demo_accounts")  # what it says helps, also the other tests, which have this folder


def _pid_of(site: Site, words: str) -> int | None:
    try:
        return site.find(words).pid
    except (ValueError, psutil.Error):
        return None


DIES_WITHOUT_ITS_MODEL = """
import os, sys
if "models" in sys.orig_argv:
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
