"""The look at a draft's data, on the shipped model, while customers are erased."""

import pytest

from tests.build import champion, label, run, shop, turn
from training.erasing import clear_samples
from training.models import PreparationJob, Run
from training.runs import preview, stages
from training.runs.preview import prepare_draft
from training.runs.worker import train_run

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MEASURED = {"step_ms": 5}


def erasing(found):
    """Stands in for work during which customers are erased, and which then finds this."""

    def work(*of, **how):
        clear_samples()
        return found

    return work


@pytest.fixture
def draft(monkeypatch):
    """It has one reply to learn; how long it takes is not measured."""
    monkeypatch.setattr(preview, "estimate_apart", lambda run: MEASURED)
    dataset = shop()
    label(turn(dataset, 0), "taught")
    return run(dataset, champion(), state="draft")


def looked_at(draft):
    job = PreparationJob.objects.create(draft=draft)
    job.run(prepare_draft)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    draft.refresh_from_db()
    return draft.report


def may_start(report):
    return report.taken is not None


def test_a_look_shows_the_first_batch_and_an_estimate(draft):
    report = looked_at(draft)
    assert (bool(report.first_batch), may_start(report), report.estimate) == (True, True, MEASURED)


def test_what_was_erased_while_the_estimate_was_measured_stays_away(draft, monkeypatch):
    monkeypatch.setattr(preview, "estimate_apart", erasing(MEASURED))
    report = looked_at(draft)
    assert (report.first_batch, may_start(report), report.estimate) == ([], False, MEASURED)


def test_what_was_erased_during_the_first_look_is_not_shown_and_wants_another(draft, monkeypatch):
    monkeypatch.setattr(preview, "prospect_of", erasing((None, {})))
    report = looked_at(draft)
    assert (report.first_batch, may_start(report)) == ([], False)
    monkeypatch.setattr(preview, "prospect_of", lambda run: (None, {}))
    report = looked_at(draft)
    assert (bool(report.first_batch), may_start(report)) == (True, True)


@pytest.fixture
def begun(draft):
    """The run of a draft that was looked at, as its process has read it."""
    looked_at(draft)
    draft.start()
    begun = Run.objects.get(pk=draft.pk)
    begun.claim()
    return begun


def shown_now(begun):
    return Run.objects.get(pk=begun.pk).report.first_batch


def test_nor_does_it_come_back_with_the_counts_of_a_run(begun, monkeypatch):
    monkeypatch.setattr("training.runs.worker.ask_for_wordings", erasing(None))
    monkeypatch.setattr("training.runs.worker.try_rates", lambda run, examples: None)
    train_run(begun)
    assert (shown_now(begun), Run.objects.get(pk=begun.pk).report.taken) == ([], {"person": 1})


def test_what_it_learns_is_known_before_its_rates_are_tried(begun, monkeypatch):
    """Who is erased while they are is named by it."""
    known = []
    monkeypatch.setattr("training.runs.worker.try_rates", lambda run, _: known.append(run.learned_turns.count()))
    train_run(begun)
    assert known == [1]


def test_nor_with_what_a_teacher_left_without_wordings(begun, monkeypatch):
    monkeypatch.setattr(stages, "paraphrase", erasing({"empty": 1}))
    begun.record(wordings=3)
    stages.ask_for_wordings(begun)
    assert shown_now(begun) == []
    assert Run.objects.get(pk=begun.pk).report.without_wordings == {"empty": 1}
