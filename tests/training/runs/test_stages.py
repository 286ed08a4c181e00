"""What a run does before it trains, on the shipped model with the recorded teacher."""

import pytest

from dialogues.models import Turn
from knowledge.models import Clock, Entry
from serving.corpus import exchanges
from tests import build
from tests.training.runs.short import ended, short
from training.labels.remembering import remember_labels
from training.models import Label, Paraphrase, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(db, manager):
    """A question of the corpus and one that is not, both answered by a person and remembered."""
    known = next(e for e in exchanges() if e.split == "train" and e.language == "zh" and not e.history and e.also)
    shop = build.dataset(
        build.record(known.customer, "-", split="train"),
        build.record("鼯鼠会飞吗", "-", split="train"),
        build.record("在吗", "您好", split="dev"),
    )
    for turn in Turn.objects.filter(role="customer", dialogue__split="train"):
        build.label(turn, f"better {turn.pk}")
    remember_labels(Label.objects.all(), manager)
    return shop, known


@pytest.mark.database
def test_wordings_are_asked_for_and_learned_and_remembered(asked):
    shop, known = asked
    base = build.champion()
    done = ended(build.run(shop, base, parameters=short(), wordings=3, memory_before=0, memory_after=Clock.now()))
    assert (done.state, done.error) == ("done", "")
    texts = set(Paraphrase.objects.values_list("text", flat=True))
    assert texts == set(known.also[:3])
    assert done.report.taken == {"person": 2 + Paraphrase.objects.usable().count()}
    assert done.report.without_wordings == {"empty": 1}
    wordings = {wording.text for entry in Entry.objects.all() for wording in entry.wordings.all()}
    assert set(Paraphrase.objects.usable().values_list("text", flat=True)) <= wordings
    assert done.memory_after == Clock.now(), "it is compared with the memory that has the wordings"
    assert set(done.learned) == set(Label.objects.values_list("pk", flat=True))


def test_the_rate_with_the_lowest_dev_loss_is_taken(asked):
    shop, _ = asked
    trials = [{"rate": rate, "dev_loss": None} for rate in (1e-8, 2e-3, 0.5)]
    done = ended(build.run(shop, build.champion(), parameters=short(max_steps=8), trials=trials))
    assert (done.state, done.error) == ("done", "")
    losses = {trial["rate"]: trial["dev_loss"] for trial in done.trials if trial["dev_loss"] is not None}
    assert len(losses) >= 2
    assert done.parameters["learning_rate"] == min(losses, key=losses.get)


def test_a_rate_that_was_tried_is_not_tried_again(asked):
    shop, _ = asked
    trials = [{"rate": 1e-3, "dev_loss": 0.5}, {"rate": 2e-3, "dev_loss": None, "diverged": True}]
    done = ended(build.run(shop, build.champion(), parameters=short(), trials=trials))
    assert (done.trials, done.parameters["learning_rate"]) == (trials, 1e-3)


@pytest.mark.database
def test_cancelled_while_it_asks_it_keeps_what_it_has(asked, monkeypatch):
    shop, _ = asked
    stage = Run.show_stage

    def cancelled(run, name, done, total):
        Run.objects.filter(pk=run.pk).update(cancel_requested=True)
        stage(run, name, done, total)

    monkeypatch.setattr(Run, "show_stage", cancelled)
    done = ended(build.run(shop, build.champion(), parameters=short(), wordings=3))
    assert done.state == "cancelled"
    assert not done.checkpoints.exists()
