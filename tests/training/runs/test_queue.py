import pytest

from tests.training.records import champion, run, shop
from training.models import Run
from training.runs import queue as supervising
from training.runs.queue import start_next

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def three():
    dataset, base = shop(), champion()
    return [run(dataset, base, name=f"run {i}", position=i) for i in (1, 2, 3)]


def waiting():
    return list(Run.objects.waiting().values_list("name", flat=True))


def test_the_order_can_be_changed(three):
    three[2].move_up()
    assert waiting() == ["run 1", "run 3", "run 2"]
    three[0].move_up()
    assert waiting() == ["run 1", "run 3", "run 2"]


def test_whichever_is_first_by_now_is_started(three, monkeypatch):
    started = []
    monkeypatch.setattr(supervising, "_train_in_own_process", lambda one: started.append(one.name))
    three[1].move_up()
    start_next()
    assert started == ["run 2"]


def test_nothing_is_started_while_one_runs(three, monkeypatch):
    monkeypatch.setattr(supervising, "_train_in_own_process", lambda one: pytest.fail("started a second one"))
    three[0].claim()
    assert start_next() is None


def test_a_run_whose_process_died_waits_again(three, monkeypatch):
    monkeypatch.setattr(supervising, "_train_in_own_process", lambda one: one.claim())  # claims, and is gone
    start_next()
    assert waiting() == ["run 1", "run 2", "run 3"]


def test_a_run_that_dies_every_time_is_given_up(three, monkeypatch):
    monkeypatch.setattr(supervising, "_train_in_own_process", lambda one: one.claim())
    for _ in range(5):
        start_next()
    three[0].refresh_from_db()
    assert (three[0].state, waiting()) == ("failed", ["run 2", "run 3"])


def test_a_draft_is_queued_once_and_last(three):
    draft = run(three[0].dataset, three[0].base, name="draft", state="draft")
    assert draft.queue_last()
    assert not draft.queue_last()
    assert waiting()[-1] == "draft"
