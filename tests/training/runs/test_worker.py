"""A run on the shipped model, short but real: the same engine, process and database as on the site."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from dialogues.models import Answer, AnswerJob, Turn
from serving.loading import runtime_for
from serving.runtimes.protocol import Message
from tests.build import answered, champion, dataset, label, record, run, shop, turn
from tests.training.runs.short import ended, short
from training.erasing import learners_of
from training.ml import checkpoints
from training.models import AssessmentJob, Label, Paraphrase, Run
from training.runs import estimate as estimating
from training.runs.create import RunSpec, continue_run, create_run
from training.runs.progress import ProgressReporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued():
    """A run that has two labels to learn."""
    dataset, base = shop(), champion()
    for i in range(2):
        label(turn(dataset, i), f"taught {i}")
    return run(dataset, base, parameters=short())


def test_it_ends_with_versions_that_answer(queued):
    done = ended(queued)
    assert (done.state, done.done, done.error) == ("done", 4, "")
    assert list(done.checkpoints.values_list("step", flat=True)) == [2, 4]
    assert done.data_hash
    assert done.data_report["taken"] == {"person": 2}
    assert done.best in {checkpoint.version for checkpoint in done.checkpoints.all()}
    assert done.best.reads_memory, "promoted, it remembers as its base does"
    assert runtime_for(done.best).reply([Message("customer", "在吗")]).latency_ms > 0


def test_it_notes_what_it_has_learned_so_that_erasing_can_name_it(queued):
    done = ended(queued)
    learned = set(done.learned_turns.values_list("turn_id", "dialogue_id"))
    assert learned == set(Label.objects.values_list("turn_id", "turn__dialogue"))
    assert learners_of(Label.objects.first().turn.dialogue) == {str(done.pk): True}
    assert learners_of(turn(done.dataset, 3).dialogue) == {}


def test_its_loss_curve_is_kept(queued):
    points = {point.step: point for point in ended(queued).losses.all()}
    assert 4 in points
    assert any(point.dev_loss for point in points.values())


def test_what_it_was_taught_and_what_was_held_out_is_asked_afterwards(queued):
    answered(queued.dataset, queued.base)
    spec = RunSpec(queued.dataset, queued.base, "lora", "recommended", {"person": 2}, by_hand=short(method="lora"))
    done = ended(create_run(spec, "measured"))
    asked = AnswerJob.objects.filter(version=done.best)
    assert {job.eval_set for job in asked} == {done.held_out}  # no correction was written at a desk here
    assert {item.turn.dialogue.split for item in done.held_out.items.all()} == {"test"}
    assessing = AssessmentJob.objects.get()
    assert (assessing.candidate, assessing.champion, assessing.eval_set) == (done.best, queued.base, done.held_out)


def test_cancelled_it_keeps_a_checkpoint_and_goes_on_from_it(queued, monkeypatch):
    begun = ProgressReporter.progress

    def asked_to_stop_after_the_first_step(watch, now):
        Run.objects.filter(pk=queued.pk).update(cancel_requested=True)
        begun(watch, now)

    monkeypatch.setattr(ProgressReporter, "progress", asked_to_stop_after_the_first_step)
    stopped = ended(queued)
    monkeypatch.setattr(ProgressReporter, "progress", begun)
    assert stopped.state == "cancelled"
    step = stopped.checkpoints.get().step
    assert 0 < step < 4
    assert stopped.resume()
    stopped.refresh_from_db()
    done = ended(stopped)
    assert (done.state, done.checkpoints.last().step) == ("done", 4)
    assert done.losses.filter(step__lte=step).exists()


def test_it_goes_on_from_any_checkpoint_as_a_run_of_its_own(queued, manager):
    whole = ended(queued)
    early = whole.checkpoints.get(step=2)
    again = continue_run(whole, early, manager)
    assert continue_run(whole, early, manager) == again, "pressed twice"
    assert [point.step for point in again.losses.all()] == [p.step for p in whole.losses.all() if p.step <= 2]
    done = ended(again)
    assert (done.state, list(done.checkpoints.values_list("step", flat=True))) == ("done", [4])
    last = [run.losses.get(step=4) for run in (whole, done)]  # in between only what half a second apart is kept
    assert [(point.loss, point.dev_loss) for point in last] == [(last[0].loss, last[0].dev_loss)] * 2


def test_it_does_not_go_on_where_the_data_is_another_by_now(queued, manager):
    whole = ended(queued)
    again = continue_run(whole, whole.checkpoints.get(step=2), manager)
    Label.objects.filter(text="taught 0").update(text="taught otherwise")
    assert "other data" in ended(again).error


def test_what_is_taught_later_does_not_keep_it_from_going_on(queued, manager):
    whole = ended(queued)
    again = continue_run(whole, whole.checkpoints.get(step=2), manager)
    label(turn(queued.dataset, 2), "taught later")
    assert ended(again).state == "done"


@pytest.fixture
def mixed():
    """A run of every source, each with more than it takes, and what its replay is brought to is drawn once more."""
    asked, base = shop(splits=[*["train"] * 14, "dev", "dev", "test"]), champion()
    answered(asked, base)
    for i in range(4):
        label(turn(asked, i), f"teacher {i}", "teacher", teacher=base)
    label(turn(asked, 4), "taught")
    label(turn(asked, 14), "right")
    mix = {"person": 9, "teacher": 3, "corpus": 3, "replay": 5}
    return run(asked, base, parameters=short(), mix=mix, replay_share=0.5)


def test_what_is_imported_answered_and_labelled_later_does_not_keep_it_from_going_on(mixed, manager):
    whole = ended(mixed)
    learned = list(whole.learned_turns.values_list("turn_id", flat=True))
    again = continue_run(whole, whole.checkpoints.get(step=2), manager)
    more = dataset(*(record(f"later {i}", "said later", split=split) for i, split in enumerate(["train", "dev"] * 4)))
    for later in Turn.objects.filter(text__startswith="later"):
        label(later, "taught later", "teacher", teacher=whole.base)
    answered(more, whole.base, [f"later {turn.pk}" for turn in Turn.objects.open_in(more)], settings_hash="y")
    for i in (3, 15):
        label(turn(more, i), "corrected later")
    done = ended(again)
    assert (done.state, done.error, done.data_hash) == ("done", "", whole.data_hash)
    assert list(done.learned_turns.values_list("turn_id", flat=True)) == learned


def test_nor_do_wordings_by_the_teacher(queued, manager):
    whole = ended(run(queued.dataset, queued.base, parameters=short(), wordings=3))
    again = continue_run(whole, whole.checkpoints.get(step=2), manager)
    said = {"teacher": queued.base, "text": "asked otherwise", "text_hash": "x", "similarity": 0.9}
    Paraphrase.objects.create(label=Label.objects.first(), **said)
    assert ended(again).error == ""


def test_other_data_is_not_noted_as_what_it_has_learned(mixed, manager):
    whole = ended(mixed)
    again = continue_run(whole, whole.checkpoints.get(step=2), manager)
    Answer.objects.filter(source="human").update(text="said otherwise")
    refused = ended(again)
    assert "other data" in refused.error
    assert (refused.data_hash, refused.learned_turns.count(), refused.report.taken) == ("", 0, None)


def test_a_folder_that_cannot_be_written_is_said(queued, settings, tmp_path):
    (tmp_path / "runs").write_text("a file where a folder is wanted")
    settings.DATA_DIR = tmp_path
    failed = ended(queued)
    assert failed.state == "failed"
    assert "cannot be written" in failed.error


def test_nothing_to_learn_is_said():
    empty = run(shop(), champion(), parameters=short())
    assert "nothing to learn" in ended(empty).error


def test_what_the_model_cannot_do_is_said(queued):
    Run.objects.filter(pk=queued.pk).update(parameters=short(method="ptuning_v2", virtual_tokens=4000))
    queued.refresh_from_db()
    failed = ended(queued)
    assert failed.state == "failed"
    assert failed.error


def test_a_second_run_has_to_wait_for_the_device(queued):
    second = run(queued.dataset, queued.base, parameters=short())
    assert queued.claim()
    assert not second.claim()
    second.refresh_from_db()
    assert second.state == "queued"


def test_the_command_does_a_queued_run(queued, capsys):
    call_command("train", run=queued.pk, json=True)
    result = json.loads(capsys.readouterr().out)
    assert (result["run"], result["steps"], len(result["versions"])) == (queued.pk, 4, 2)
    assert checkpoints.latest(queued.folder).name == "checkpoint-4"


def test_an_estimate_is_measured_in_a_process_of_its_own(queued, monkeypatch):
    began = {}

    def here(command, **options):
        began["command"] = command
        out = io.StringIO()
        call_command(*command[2:], stdout=out)
        return SimpleNamespace(stdout=f"Loading\n{out.getvalue()}")

    monkeypatch.setattr(estimating.subprocess, "run", here)  # another process would not see the rows of this test
    guess = estimating.estimate_apart(queued)
    assert began["command"][-3:] == ["--run", str(queued.pk), "--estimate"]
    assert guess["memory_mb"] > 100
    assert 0 < guess["step_ms"] * 4 / 1000 < guess["seconds"] < 600


def test_an_estimate_that_cannot_be_made_is_left_out(queued, monkeypatch, caplog):
    monkeypatch.setattr(estimating.sys, "executable", "false")
    assert estimating.estimate_apart(queued) == {}
    assert "the estimate of run" in caplog.text
