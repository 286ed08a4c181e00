import subprocess
from types import SimpleNamespace

import pytest

from tests.build import champion, run, shop
from training.models import Run
from training.runs.queue import start_next

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def three():
    dataset, base = shop(), champion()
    return [run(dataset, base, name=f"run {i}", position=i) for i in (1, 2, 3)]


@pytest.fixture
def processes(monkeypatch):
    """The runs whose process was started, by name; a process claims its run and is gone."""
    started = []

    def start(command, **_):
        run = Run.objects.get(pk=command[command.index("--run") + 1])
        started.append(run.name)
        run.claim()
        return SimpleNamespace(wait=lambda timeout: -9)

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def waiting():
    return list(Run.objects.waiting().values_list("name", flat=True))


def test_the_order_can_be_changed(three):
    three[2].move_up()
    assert waiting() == ["run 1", "run 3", "run 2"]
    three[0].move_up()
    assert waiting() == ["run 1", "run 3", "run 2"]


def test_whichever_is_first_by_now_is_started(three, processes):
    three[1].move_up()
    start_next()
    assert processes == ["run 2"]


def test_nothing_is_started_while_one_runs(three, processes):
    three[0].claim()
    assert start_next() is None
    assert processes == []


def test_a_run_whose_process_died_waits_again(three, processes):
    start_next()
    assert waiting() == ["run 1", "run 2", "run 3"]


def test_a_run_that_dies_every_time_is_given_up(three, processes):
    for _ in range(5):
        start_next()
    three[0].refresh_from_db()
    assert (processes, three[0].state, waiting()) == (["run 1"] * 5, "failed", ["run 2", "run 3"])


def test_a_draft_is_queued_once_and_last(three):
    draft = run(three[0].dataset, three[0].base, name="draft", state="draft")
    assert draft.queue_last()
    assert not draft.queue_last()
    assert waiting()[-1] == "draft"
