"""Runs are made in one place, and what people said until then is what they learn."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from tests.build import champion
from training.ml.settings import BadSettings
from training.models import Label, Run
from training.runs.create import RunSpec, create_run, parameters_of
from training.runs.dataset import build_examples
from training.runs.preview import prepare

pytestmark = pytest.mark.django_db
FORM = {"name": "by form", "method": "lora", "preset": "recommended", "person": 10, "repeats": 1}
OTHERS = {"teacher": 0, "corpus": 0, "replay": 0}


@pytest.fixture
def corrected(round_, annotator, verdict_input):
    """A round whose first item was corrected at the desk; nobody has looked at the labels since."""
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input("both_bad", correction="明天发货"))
    return round_


def learned(run: Run) -> list[str]:
    return [example.reply for example in build_examples(run).train]


def test_a_run_of_the_form_learns_the_newest_corrections(corrected, as_manager, monkeypatch):
    monkeypatch.setattr("training.runs.preview.estimate_apart", lambda run: {})
    base = champion()
    as_manager.post(reverse("training:new-run"), FORM | OTHERS | {"dataset": corrected.dataset_id, "base": base.pk})
    run = Run.objects.get(name="by form")
    prepare(run)
    run.refresh_from_db()
    assert run.report.taken == {"person": 1}
    assert learned(run) == ["明天发货"]


def test_a_run_of_the_command_learns_the_newest_corrections(corrected):
    champion()
    call_command("train", str(corrected.dataset), max_steps=1)
    assert Run.objects.get().report.taken == {"person": 1}


def test_a_correction_that_was_withdrawn_is_not_learned(corrected, annotator, verdict_input):
    spec = RunSpec(corrected.dataset, champion(), "lora", "recommended", {"person": 10})
    assert learned(create_run(spec, "before")) == ["明天发货"]
    undo(annotator, corrected, verdict_input().key)
    assert learned(create_run(spec, "after")) == []
    assert Label.objects.get().rejected


def test_values_by_hand_replace_those_of_the_preset(corrected):
    spec = RunSpec(corrected.dataset, champion(), "lora", "recommended", {"person": 10}, by_hand={"max_steps": 20})
    settings = spec.settings()
    assert (settings.max_steps, settings.warmup_steps, settings.batch_size) == (20, 2, 8)
    assert create_run(spec, "by hand").report.chosen_by_hand == ["max_steps"]


def test_the_steps_of_a_draft_follow_what_is_left_of_it(corrected):
    def draft(**by_hand):
        spec = RunSpec(
            corrected.dataset, champion(), "lora", "recommended", {"person": 1000}, wordings=12, by_hand=by_hand
        )
        return create_run(spec, "draft", state="draft")

    def steps(run, left_out, wordings):
        return parameters_of(run, left_out, wordings)["max_steps"]

    usual = draft()
    assert steps(usual, [], 12) == usual.parameters["max_steps"] > steps(usual, [], 6) > steps(usual, range(500), 6)
    chosen = draft(max_steps=20)
    assert steps(chosen, range(500), 6) == 20


def test_a_value_that_cannot_be_used_makes_no_run(corrected):
    spec = RunSpec(corrected.dataset, champion(), "lora", "recommended", {"person": 10}, by_hand={"max_steps": 0})
    with pytest.raises(BadSettings, match="max_steps"):
        create_run(spec, "never")
    assert not Run.objects.exists()


def test_runs_queue_in_the_order_in_which_they_were_made(corrected):
    spec = RunSpec(corrected.dataset, champion(), "lora", "recommended", {"person": 10})
    made = [create_run(spec, name) for name in ("first", "second")]
    assert list(Run.objects.waiting()) == made
