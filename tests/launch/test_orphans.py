import os
import subprocess

import psutil
import pytest

from ecc_site.launch import orphans

STUBBORN = "trap '' TERM; echo ready; while :; do sleep 300; done"


@pytest.fixture
def start():
    """Start a process that ignores SIGTERM, marked for a folder."""
    running = []

    def process(folder, **how) -> subprocess.Popen:
        marked = {**os.environ, orphans.MARK: str(folder)}
        stubborn = subprocess.Popen(["sh", "-c", STUBBORN], stdout=subprocess.PIPE, env=marked, **how)
        running.append(stubborn)
        stubborn.stdout.readline()
        return stubborn

    yield process
    for stubborn in running:
        stubborn.kill()
        stubborn.wait()


@pytest.mark.parametrize("own_session", [False, True])
def test_marked_processes_that_refuse_to_end_are_killed_whatever_their_session(start, tmp_path, own_session):
    stubborn = start(tmp_path, start_new_session=own_session)
    orphans.end_all(tmp_path, patience_s=0.1)
    assert stubborn.poll() is not None


def test_the_processes_of_another_site_stay(start, tmp_path):
    neighbour = start(tmp_path / "another")
    orphans.end_all(tmp_path, patience_s=0.1)
    assert neighbour.poll() is None


def test_children_are_marked_and_this_process_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv(orphans.MARK, "")  # so that it is undone
    orphans.mark_children(tmp_path)
    child = subprocess.run(["env"], capture_output=True, text=True, check=True)
    assert f"{orphans.MARK}={tmp_path}" in child.stdout.splitlines()
    assert psutil.Process().environ().get(orphans.MARK) != str(tmp_path)
