"""One row of everything, so that every page has something to show and every constraint something to refuse."""

import uuid
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from dialogues.models import (
    Answer,
    AnswerJob,
    Dataset,
    Dialogue,
    EvalItem,
    EvalSet,
    GivenVerdict,
    ImportJob,
    ImportProblem,
    ProblemLine,
    Turn,
    UndoJob,
    UsedEntry,
)
from ecc_site.core.api_tokens import SCOPES, make_token
from ecc_site.core.models import Act, AuditEntry, StoredResponse
from ecc_site.models import (
    Alert,
    Bound,
    DatasetFigures,
    Delivery,
    DeliveryAttempt,
    EraseJob,
    Measurement,
    NearestJob,
    Recipient,
)
from knowledge.models import Entry, FixedItem, FixedMemory, Pair, TrialJob
from review.models import (
    Assignment,
    CalibrationFigures,
    CalibrationJob,
    ExportJob,
    FiguresJob,
    Guideline,
    LearnedScorer,
    MakeRoundJob,
    Participation,
    Phrase,
    Round,
    RoundFigures,
    RoundItem,
    Skip,
    SuggestTagsJob,
    Tag,
    TagExample,
    TakeOverJob,
    TurnTag,
    Verdict,
    VerdictRevision,
)
from scoring.models import Embedding, ProfileJob, ScoreJob
from serving.models import Alias, CloudCall, CloudDay, Quote, QuotedSet, RedactionPattern
from tests import build
from training.models import (
    Assessment,
    AssessmentJob,
    Checkpoint,
    Experiment,
    LabelJob,
    LearnedTurn,
    LossPoint,
    MergeJob,
    Paraphrase,
    PreparationJob,
    Table6Job,
    TeacherTableJob,
)


def make_world(annotator: User, uploads: Path, text: str = "发货了吗") -> SimpleNamespace:
    """Make one dialogue with all that hangs on it; whatever a person or a model wrote is `text`."""
    w = SimpleNamespace(annotator=annotator, text=text, name=text[:150])
    add_answers(w)
    add_scores(w)
    add_review(w)
    add_tags(w)
    add_jobs(w, uploads)
    add_training(w)
    add_nearest(w)
    add_watch(w)
    return w


def add_answers(w) -> None:
    """A dialogue of two turns, answered by the end model, the cloud and an annotator."""
    w.end_version = build.version(f"end {w.name}", model="embedded-end")
    w.cloud_version = build.version(f"cloud {w.name}", kind="cloud", model=settings.CLOUD_MODEL)
    Alias.objects.create(name="champion", version=w.end_version)
    w.call = CloudCall.objects.create(
        version=w.cloud_version,
        purpose="reference",
        prompt_hash="0",
        messages=[{"role": "customer", "text": w.text}],
        reply=w.text,
        problem=w.text,
        outcome="answered",
    )
    w.quoted_set = QuotedSet.objects.create(digest="0" * 64)
    w.quote = Quote.objects.create(quoted_set=w.quoted_set, origin="0" * 64)
    w.call.quoted.add(w.quoted_set)
    AuditEntry.objects.record(Act.PROMOTED, w.end_version, by=None, detail=w.text)
    w.token, w.secret = make_token(w.annotator, w.name[:100], list(SCOPES), None)
    w.stored_response = StoredResponse.objects.create(user=w.annotator, key=uuid.uuid4(), digest="0" * 64)
    CloudDay.objects.create(day=timezone.localdate(), tokens=10, calls=1)
    w.pattern = RedactionPattern.objects.create(name="ticket", expression=w.text[:500], active=False)
    w.dataset = build.dataset(build.record("asked", "answered", split="train"), name=w.name)
    Turn.objects.update(raw=w.text, text=w.text)  # as it is, whatever importing would make of it
    type(w.dataset).objects.update(note=w.text)
    Dialogue.objects.update(source_id=w.name)
    w.dialogue = w.dataset.dialogues.get()
    w.turn, w.agent_turn = w.dialogue.turns.order_by("position")
    build.answered(w.dataset, w.cloud_version)
    build.answered(w.dataset, w.end_version)
    w.written = Answer.objects.create(turn=w.turn, source="annotator", author=w.annotator, settings_hash="x")
    Answer.objects.update(text=w.text)
    w.end, w.cloud = w.end_version.answers.get(), w.cloud_version.answers.get()
    w.human = Answer.objects.get(source="human")
    w.cloud.cloud_call = w.call
    w.cloud.save()
    w.coverage = w.dataset.coverages.get(version=w.end_version)
    w.comparison = w.dataset.comparisons.get(kind="cloud")
    w.entry = Entry.objects.add(
        by=w.annotator, wordings=[w.text], kind="reply", source="page", text=w.text, context=w.text, reason=w.name
    )
    w.other_entry = Entry.objects.add(by=None, wordings=[w.text], kind="reply", source="page", text=w.text)
    w.pair = Pair.objects.create(first=w.entry, second=w.other_entry, kind="conflict", similarity=1, likeness=0.1)
    w.used_entry = UsedEntry.objects.create(answer=w.end, entry=w.entry, use="direct")
    w.arm = w.end_version.with_memory(1)
    w.fixed_memory = FixedMemory.objects.create(digest="0" * 64)
    FixedItem.objects.create(memory=w.fixed_memory, question=w.text, context=w.text, reply=w.text)
    w.fixed_arm = w.end_version.with_fixed_memory(w.fixed_memory.pk)
    w.eval_set = EvalSet.objects.create(name=w.name)
    w.builtin_dataset = Dataset.objects.create(name=f"demo {w.name}", builtin="demo")
    w.gate_set = EvalSet.objects.create(name=f"gate {w.name}", purpose="gate", dataset=w.dataset, kind="cloud")
    w.eval_item = EvalItem.objects.create(eval_set=w.eval_set, turn=w.turn, reference=w.cloud)


def add_scores(w) -> None:
    w.scorer_set = build.scorer_set()
    type(w.scorer_set).objects.update(similarity=w.name, match=w.name)
    build.graded(w.dataset, w.end_version, [0.5])
    w.score = w.comparison.scores.get()
    w.profile = w.score.profile
    type(w.profile).objects.update(reason=w.text, name=w.name[:80])
    w.embedding = Embedding.objects.create(key=bytes(32), numbers=b"\0\0")


def add_review(w) -> None:
    """A round that two people shall read; the annotator has given a verdict, and the other place is free."""
    w.round = Round.objects.create(
        name=w.name,
        dataset=w.dataset,
        kind="cloud",
        purpose="teach",
        guideline=w.text,
        item_count=1,
        wanted_count=2,
        verdict_count=1,
    )
    at = {"round": w.round, "dialogue": w.dialogue}
    w.item = RoundItem.objects.create(comparison=w.comparison, position=0, stratum="worst", reason=w.name, **at)
    w.assignment = Assignment.objects.create(n=1, priority=1, state="taken", annotator=w.annotator, **at)
    w.free_assignment = Assignment.objects.create(n=2, priority=2, **at)
    w.skip = Skip.objects.create(annotator=w.annotator, reason="unclear", note=w.text, **at)
    w.make_job = MakeRoundJob.objects.create(round=w.round, state="failed", error=w.text)
    w.figures_job = FiguresJob.objects.create(round=w.round, state="failed", error=w.text)
    w.queued_figures_job = FiguresJob.objects.create(round=w.round)
    kept = {"figures": {}, "revision": 0, "verdict_count": 0, "at": timezone.now()}
    w.kept_figures = RoundFigures.objects.create(round=w.round, **kept)
    of_filter = {"dataset": w.dataset, "scorer_set": w.scorer_set, "kind": "cloud", "chosen": {}, "digest": "0" * 64}
    w.calibration_job = CalibrationJob.objects.create(state="failed", error=w.text, **of_filter)
    w.queued_calibration_job = CalibrationJob.objects.create(**of_filter)
    counted = {"revision": 0, "verdict_count": 0, "newest_score": 0, "score_count": 0, "at": timezone.now()}
    w.calibration_figures = CalibrationFigures.objects.create(
        subject="agreement", figures={}, profile=w.profile, **of_filter, **counted
    )
    w.learned_scorer = LearnedScorer.objects.create(
        dataset=w.dataset, scorer_set=w.scorer_set, kind="cloud", coefficients={}, verdict_count=1, author=w.annotator
    )
    w.participation = Participation.objects.create(
        round=w.round, annotator=w.annotator, verdict_count=1, last_at=timezone.now()
    )
    of_dataset = {"figures": {}, "stamp": "", "took_s": 1.0, "at": timezone.now()}
    w.dataset_figures = DatasetFigures.objects.create(dataset=w.dataset, **of_dataset)
    w.phrase = Phrase.objects.create(text=w.text[:500], position=0)
    w.guideline = Guideline.objects.create(round=w.round, version=1, text=w.text, author=w.annotator)
    w.verdict = Verdict.objects.create(
        round=w.round, assignment=w.assignment, item=w.item, comparison=w.comparison, annotator=w.annotator
    )
    w.revision = VerdictRevision.objects.create(
        verdict=w.verdict,
        preference="both_bad",
        end_acceptable=False,
        reference_acceptable=False,
        correction=w.text,
        note=w.text,
        key=uuid.uuid4(),
    )
    w.verdict.current = w.revision
    w.verdict.save()


def add_tags(w) -> None:
    """An intent that somebody confirmed for the customer's turn, and a topic that is suggested for the agent's."""
    w.tag = Tag.objects.create(name=w.name[:60], kind="intent", description=w.text)
    w.topic = Tag.objects.create(name=f"topic {w.name[:50]}", kind="topic", position=1)
    w.tag_example = TagExample.objects.create(tag=w.tag, text=w.text[:500])
    confirmed = {"state": "confirmed", "by": w.annotator, "at": timezone.now()}
    w.turn_tag = TurnTag.objects.create(turn=w.turn, tag=w.tag, kind="intent", similarity=0.5, **confirmed)
    w.suggestion = TurnTag.objects.create(turn=w.agent_turn, tag=w.topic, kind="topic", similarity=0.5)


def add_jobs(w, folder) -> None:
    upload = folder / "upload.jsonl"
    upload.write_text('{"turns": []}\n', encoding="utf-8")
    of_file = {"dataset_name": w.name, "path": upload, "file_name": w.name}
    w.draft = ImportJob.objects.create(state="draft", **of_file)
    w.import_job = ImportJob.objects.create(state="failed", error=w.text, problem_count=1, **of_file)
    w.problem = ImportProblem.objects.create(
        job=w.import_job, kind="role", field=w.text[:100], values={"role": w.text[:40]}, count=1
    )
    ProblemLine.objects.create(problem=w.problem, line=1)
    w.given = GivenVerdict.objects.create(
        turn=w.turn, dataset=w.dataset, preference="end", correction=w.text, by=w.text[:100]
    )
    w.take_over_job = TakeOverJob.objects.create(dataset=w.dataset, state="failed", error=w.text)
    w.suggest_tags_job = SuggestTagsJob.objects.create(dataset=w.dataset)
    w.export_job = ExportJob.objects.create(round=w.round, format="verdicts.jsonl", state="done", record_count=1)
    w.export_job.folder().mkdir(exist_ok=True)
    w.export_job.file.write_text(w.text, encoding="utf-8")
    w.queued_export_job = ExportJob.objects.create(round=w.round, format="verdicts.csv", error=w.text)
    w.own_export_job = ExportJob.objects.create(round=w.round, format="verdicts.csv", annotator=w.annotator)
    w.undo_job = UndoJob.objects.create(import_job=w.import_job, state="failed", error=w.text)
    w.answer_job = AnswerJob.objects.create(dataset=w.dataset, version=w.end_version)
    w.set_answer_job = AnswerJob.objects.create(dataset=w.dataset, version=w.end_version, eval_set=w.eval_set)
    w.score_job = ScoreJob.objects.create(dataset=w.dataset)
    w.profile_job = ProfileJob.objects.create(dataset=w.dataset)
    w.erase_job = EraseJob.objects.create(state="done", dialogues=[0], reason=w.text, removed={"turns": 2})
    w.retention_job = EraseJob.objects.create(dataset=w.dataset, older_than_days=30)
    w.trial_job = TrialJob.objects.create(
        state="done", question=w.text, context=w.text, answer=w.text, used=[[w.entry.pk, "direct"]]
    )


def add_training(w) -> None:
    """Labels, a run with its checkpoint, and jobs of the teacher."""
    w.label = build.label(w.turn, w.text, revision=w.revision)
    w.teacher_label = build.label(w.turn, w.text, "teacher", teacher=w.cloud_version, cloud_call=w.call)
    asked = {"dataset": w.dataset, "teacher": w.cloud_version}
    said = {"label": w.label, "teacher": w.cloud_version, "text": w.text, "text_hash": "0"}
    w.paraphrase = Paraphrase.objects.create(**said, similarity=0.9, cloud_call=w.call)
    w.label_job = LabelJob.objects.create(selection="all", state="done", **asked)
    w.running_label_job = LabelJob.objects.create(selection="all", **asked)
    w.table_job = TeacherTableJob.objects.create(**asked)
    report = {"taken": {"person": 1}, "in_test": {}, "first_batch": [[[w.text[:200], True, False]]]}
    running = {"state": "running", "data_report": report, "before": w.eval_set, "error": w.text}
    w.experiment = Experiment.objects.create(kind="table6", base=w.end_version, preset="paper", scale=1, **asked)
    w.table6_job = Table6Job.objects.create(experiment=w.experiment, methods=["lora"])
    w.run = build.run(w.dataset, w.end_version, name=w.name, **running)
    w.draft_run = build.run(w.dataset, w.end_version, name=w.name, state="draft")
    w.learned_turn = LearnedTurn.objects.create(run=w.run, turn_id=w.turn.pk, dialogue_id=w.dialogue.pk)
    w.loss_point = LossPoint.objects.create(run=w.run, step=1, loss=2.0)
    folder = settings.DATA_DIR / "runs" / "of-tests" / "checkpoint-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text("{}")
    folder.with_name("merged-checkpoint-1").mkdir(exist_ok=True)
    adapter = {"model": "embedded-end", "adapter": "runs/of-tests/checkpoint-1", "base": w.end_version}
    w.trained = build.version(f"trained {w.name}", **adapter)
    w.checkpoint = Checkpoint.objects.create(run=w.run, step=1, version=w.trained)
    w.preparation_job = PreparationJob.objects.create(draft=w.run)
    w.merge_job = MergeJob.objects.create(version=w.trained)
    compared = {"eval_set": w.gate_set, "candidate": w.trained, "champion": w.end_version}
    w.assessment = Assessment.objects.create(dataset=w.dataset, kind="cloud", number=1, **compared)
    w.assessment_job = AssessmentJob.objects.create(**compared)


def add_nearest(w) -> None:
    """What a worker has found near the question of the score, and another look that waits."""
    near = {"accepted": [[w.verdict.pk, 1.0]], "entries": [[w.entry.pk, 0.9]], "learned": [[w.turn.pk, 0.8]]}
    found = {kind: {"near": rows, "of": len(rows)} for kind, rows in near.items()}
    w.nearest_job = NearestJob.objects.create(score=w.score, state="done", found=found, ended_at=timezone.now())
    other = w.dataset.comparisons.exclude(pk=w.comparison.pk).first()
    w.queued_nearest_job = NearestJob.objects.create(score=other.scores.get())


def add_watch(w) -> None:
    """An alert about empty answers, of which one address was told and one address failed."""
    watched = {"subject": "empty", "dataset": w.dataset, "version": w.end_version, "kind": "cloud"}
    ids = {"first_id": w.comparison.pk, "last_id": w.comparison.pk, "since": timezone.now(), "until": timezone.now()}
    w.measurement = Measurement.objects.create(value=0.1, low=0.05, high=0.2, before=0.01, n=500, **ids, **watched)
    of_window = {"bound": 0.02, "opened_with": w.measurement, "latest": w.measurement}
    w.alert = Alert.objects.create(**watched, **of_window)
    ended = {"state": "over", "ending": "within", "over_at": timezone.now(), "note": w.text[:500]}
    w.old_alert = Alert.objects.create(**watched, **of_window, **ended)
    w.bound = Bound.objects.create(subject="empty", dataset=w.dataset, value=0.02)
    w.general_bound = Bound.objects.create(subject="loops", value=None)
    w.recipient = Recipient.objects.create(channel="email", address=f"{w.name[:60]}@shop.example")
    w.webhook = Recipient.objects.create(
        channel="webhook", address="https://shop.example/hook", secret="s" * 32, active=False
    )
    told = {"event": "opened", "alert": w.alert, "content": {"title": w.name, "sentence": w.name, "link": "/"}}
    w.delivery = Delivery.objects.create(
        recipient=w.recipient, channel="email", address=w.recipient.address, state="failed", attempts=1, **told
    )
    DeliveryAttempt.objects.create(delivery=w.delivery, status=550, words=w.text[:300], succeeded=False)
