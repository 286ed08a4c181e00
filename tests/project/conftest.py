"""One row of everything, so that every page has something to show and every constraint something to refuse."""

import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone


@pytest.fixture
def make_world(db, settings, tmp_path):
    """Make one dialogue with all that hangs on it; whatever a person or a model wrote is `text`."""

    def make(annotator, text: str = "发货了吗"):
        from dialogues.models import (
            Answer,
            AnswerJob,
            Comparison,
            Coverage,
            Dataset,
            Dialogue,
            EvalItem,
            EvalSet,
            ImportJob,
            ImportProblem,
            Turn,
        )
        from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision
        from scoring.models import Embedding, Profile, Score, ScoreJob, ScorerSet
        from serving.models import Alias, CloudCall, CloudDay, Version

        name = text[:150]
        w = SimpleNamespace(annotator=annotator)
        w.end_version = Version.objects.create(kind="end", name=f"end {name}", model="embedded-end")
        w.cloud_version = Version.objects.create(kind="cloud", name=f"cloud {name}", model=settings.CLOUD_MODEL)
        Alias.objects.create(name="champion", version=w.end_version)
        w.call = CloudCall.objects.create(
            version=w.cloud_version,
            purpose="reference",
            prompt_hash="0",
            messages=[{"role": "customer", "text": text}],
            reply=text,
            problem=text,
            outcome="answered",
        )
        CloudDay.objects.create(day=timezone.localdate(), tokens=10, calls=1)
        w.dataset = Dataset.objects.create(name=name, note=text, dialogue_count=1, open_turn_count=1)
        w.dialogue = Dialogue.objects.create(
            dataset=w.dataset, source_id=name, language="zh", split="train", content_hash="0"
        )
        w.turn = Turn.objects.create(
            dialogue=w.dialogue, position=0, role="customer", raw=text, text=text, is_open=True
        )
        w.agent_turn = Turn.objects.create(dialogue=w.dialogue, position=1, role="agent", raw=text, text=text)
        w.end = Answer.objects.create(turn=w.turn, source="model", version=w.end_version, settings_hash="s", text=text)
        w.cloud = Answer.objects.create(
            turn=w.turn, source="model", version=w.cloud_version, settings_hash="s", text=text, cloud_call=w.call
        )
        w.human = Answer.objects.create(turn=w.turn, source="human", text=text)
        w.written = Answer.objects.create(
            turn=w.turn, source="annotator", author=annotator, settings_hash="s", text=text
        )
        w.coverage = Coverage.objects.create(dataset=w.dataset, version=w.end_version, answer_count=1)
        repeated = {"dataset": w.dataset, "version": w.end_version, "kind": "cloud", "split": "train"}
        w.comparison = Comparison.objects.create(end=w.end, reference=w.cloud, turn=w.turn, **repeated)
        w.eval_set = EvalSet.objects.create(name=name)
        w.builtin_dataset = Dataset.objects.create(name=f"demo {name}", builtin="demo")
        w.gate_set = EvalSet.objects.create(name=f"gate {name}", purpose="gate", dataset=w.dataset, kind="cloud")
        w.eval_item = EvalItem.objects.create(eval_set=w.eval_set, turn=w.turn, reference=w.cloud)

        w.scorer_set = ScorerSet.objects.create(similarity=name, match=name, digest="0", theta=0.2)
        w.profile = Profile.objects.create(
            dataset=w.dataset, scorer_set=w.scorer_set, revision=1, theta=0.2, reason=text
        )
        w.score = Score.objects.create(
            comparison=w.comparison,
            scorer_set=w.scorer_set,
            profile=w.profile,
            similarity=0.5,
            match_end=0.5,
            match_cloud=0.1,
            final=0.5,
            **repeated,
        )
        w.embedding = Embedding.objects.create(key=bytes(32), numbers=b"\0\0")

        w.round = Round.objects.create(
            name=name,
            dataset=w.dataset,
            kind="cloud",
            purpose="teach",
            guideline=text,
            item_count=1,
            wanted_count=2,
            verdict_count=1,
        )
        w.item = RoundItem.objects.create(
            round=w.round, comparison=w.comparison, dialogue=w.dialogue, position=0, stratum="worst", reason=name
        )
        w.assignment = Assignment.objects.create(
            round=w.round, dialogue=w.dialogue, n=1, priority=1, state="taken", annotator=annotator
        )
        w.free_assignment = Assignment.objects.create(round=w.round, dialogue=w.dialogue, n=2, priority=2)
        w.verdict = Verdict.objects.create(
            round=w.round, assignment=w.assignment, item=w.item, comparison=w.comparison, annotator=annotator
        )
        w.revision = VerdictRevision.objects.create(
            verdict=w.verdict,
            preference="both_bad",
            end_acceptable=False,
            reference_acceptable=False,
            correction=text,
            note=text,
            key=uuid.uuid4(),
        )
        w.verdict.current = w.revision
        w.verdict.save()

        upload = tmp_path / "upload.jsonl"
        upload.write_text('{"turns": []}\n', encoding="utf-8")
        w.draft = ImportJob.objects.create(state="draft", dataset_name=name, path=upload, file_name=name)
        w.import_job = ImportJob.objects.create(
            state="failed", error=text, dataset_name=name, path=upload, file_name=name, problem_count=1
        )
        w.problem = ImportProblem.objects.create(job=w.import_job, line=1, field=text[:100], expected=text[:300])
        w.answer_job = AnswerJob.objects.create(dataset=w.dataset, version=w.end_version)
        w.set_answer_job = AnswerJob.objects.create(dataset=w.dataset, version=w.end_version, eval_set=w.eval_set)
        w.score_job = ScoreJob.objects.create(dataset=w.dataset)
        add_training(w, name, text)
        return w

    return make


def add_training(w, name: str, text: str) -> None:
    """Labels, a run with its checkpoint, and a job of the teacher."""
    from django.conf import settings

    from serving.models import Version
    from training.models import Checkpoint, Experiment, Label, LabelJob, LossPoint, MergeJob, Run, TeacherTableJob

    where = {"turn": w.turn, "dataset": w.dataset, "split": "train", "text": text}
    w.label = Label.objects.create(source="person", text_hash="0", chosen=True, revision=w.revision, **where)
    w.teacher_label = Label.objects.create(
        source="teacher", text_hash="1", teacher=w.cloud_version, cloud_call=w.call, **where
    )
    w.label_job = LabelJob.objects.create(dataset=w.dataset, teacher=w.cloud_version, selection="all", state="done")
    w.running_label_job = LabelJob.objects.create(dataset=w.dataset, teacher=w.cloud_version, selection="all")
    w.table_job = TeacherTableJob.objects.create(teacher=w.cloud_version, dataset=w.dataset)
    w.experiment = Experiment.objects.create(
        kind="table6", dataset=w.dataset, base=w.end_version, teacher=w.cloud_version, preset="paper", scale=1
    )
    w.run = Run.objects.create(
        name=name,
        dataset=w.dataset,
        base=w.end_version,
        method="lora",
        parameters={"seed": 7},
        mix={"person": 1},
        data_report={"taken": {"person": 1}, "in_test": {}, "first_batch": [[[text[:200], True, False]]]},
        before=w.eval_set,
        state="running",
        error=text,
    )
    w.draft_run = Run.objects.create(
        name=name, dataset=w.dataset, base=w.end_version, method="lora", parameters={"seed": 7}, mix={}, state="draft"
    )
    w.loss_point = LossPoint.objects.create(run=w.run, step=1, loss=2.0)
    folder = settings.DATA_DIR / "runs" / "of-tests" / "checkpoint-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text("{}")
    folder.with_name("merged-checkpoint-1").mkdir(exist_ok=True)
    w.trained = Version.objects.create(
        kind="end",
        name=f"trained {name}",
        model="embedded-end",
        adapter="runs/of-tests/checkpoint-1",
        base=w.end_version,
    )
    w.checkpoint = Checkpoint.objects.create(run=w.run, step=1, version=w.trained)
    w.merge_job = MergeJob.objects.create(version=w.trained)


@pytest.fixture
def world(make_world, annotator):
    return make_world(annotator)
