import subprocess
import uuid
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from tests.build import champion, run, shop
from training.management.commands import train
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
        run = named_in(command)
        started.append(run.name)
        run.claim()
        return ended(-9)

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def named_in(command):
    """The run that a process is started for, as the process reads it."""
    read = Run.objects.get(pk=command[command.index("--run") + 1])
    read.claims_as = uuid.UUID(command[command.index("--claim") + 1])
    return read


def ended(code):
    """A process that has ended so."""
    return SimpleNamespace(wait=lambda timeout: code)


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


def test_a_run_that_another_worker_s_process_has_is_left_alone(three, monkeypatch):
    """Both workers have started a process for it: the second cannot claim it and ends."""

    def too_late(command, **_):
        assert three[0].claim()
        assert not named_in(command).claim()
        return ended(1)

    monkeypatch.setattr(subprocess, "Popen", too_late)
    start_next()
    stored = Run.objects.get(pk=three[0].pk)
    assert (stored.state, stored.token) == ("running", three[0].token)


def test_a_process_claims_with_the_token_that_its_worker_knows(three, monkeypatch):
    claimed = []
    monkeypatch.setattr(train, "run_here", lambda run, *_, **__: claimed.append(run.claim() and run.token))
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: call_command(*command[2:]) or ended(0))
    start_next()
    assert claimed and claimed != [False]
    assert waiting() == ["run 1", "run 2", "run 3"], "it was found by its token"


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
