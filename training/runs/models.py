"""PEFT runs, their loss curves and the checkpoints that they leave behind."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset, EvalSet
from ecc_site.core.job_queryset import MAX_ATTEMPTS
from ecc_site.core.jobs import Job, one_active_per
from serving.models import Version
from training.ml.methods import choices
from training.runs.data_report import DataReport
from training.runs.querysets import LearnedTurnQuerySet, LossPointQuerySet, RunQuerySet


class Experiment(models.Model):
    """Runs that are made to be compared with each other."""

    class Kind(models.TextChoices):
        TABLE6 = "table6", _("Table VI")

    kind = models.CharField(max_length=10, choices=Kind)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="experiments")
    base = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="experiments")
    teacher = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="+", help_text="whose labels are learned"
    )
    preset = models.CharField(max_length=20)
    scale = models.FloatField(help_text="times the paper's steps")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "dataset", "base", "teacher", "preset", "scale"], name="experiment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.dataset} · {self.preset} ×{self.scale:g}"


class Run(Job):
    """One PEFT training, always from the base on all the data chosen for it."""

    task_name = "training.tasks.train_next"
    queue = "training"
    kind_name = _("Training run")
    page = "training:run"

    name = models.CharField(max_length=200)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="runs")
    base = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    method = models.CharField(max_length=30, choices=choices)
    preset = models.CharField(max_length=20, default="recommended")
    parameters = models.JSONField(help_text="as training.ml.settings.TrainingSettings.as_dict")
    mix = models.JSONField(help_text="source: how many examples at the most")
    left_out = models.JSONField(default=list, blank=True, help_text="ids of labels that it does not learn")
    learned = models.JSONField(null=True, blank=True, help_text="ids of the labels by people, fixed when it starts")
    drawn_up_to = models.JSONField(
        default=dict,
        blank=True,
        help_text="answer | label | paraphrase: the newest id that it draws from, fixed when it starts; empty: all",
    )
    wordings = models.PositiveSmallIntegerField(
        default=0, help_text="how many other wordings of each question by people the teacher is asked for"
    )
    trials = models.JSONField(
        default=list, blank=True, help_text="[{rate, dev_loss}]: learning rates to try first; dev_loss: none yet"
    )
    replay_share = models.FloatField(
        null=True, blank=True, help_text="of a pass, 0 to 1; empty: as many as the mix allows"
    )
    repeats = models.PositiveSmallIntegerField(default=1, help_text="times a label by people is learned a pass")
    data_hash = models.CharField(max_length=64, blank=True)
    data_report = models.JSONField(default=dict, blank=True, help_text="as runs.data_report.DataReport")
    before = models.ForeignKey(
        EvalSet, null=True, blank=True, on_delete=models.PROTECT, related_name="taught_runs", help_text="what it learns"
    )
    held_out = models.ForeignKey(EvalSet, null=True, blank=True, on_delete=models.PROTECT, related_name="gated_runs")
    best = models.ForeignKey(
        Version,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="that of the checkpoint with the lowest dev loss; of the last where there is no dev loss",
    )
    compared_with = models.ForeignKey(
        Version,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the champion when it was measured",
    )
    memory_before = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="revision of the memory without what it teaches; empty: not compared"
    )
    memory_after = models.PositiveBigIntegerField(null=True, blank=True, help_text="revision with what it teaches")
    nearness = models.JSONField(
        default=dict, blank=True, help_text="id of a held-out turn: similarity to the nearest question it teaches"
    )
    experiment = models.ForeignKey(
        Experiment, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs", help_text="compared in it"
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveIntegerField(default=0, help_text="in the queue, the lowest first")
    resume_from = models.CharField(max_length=500, blank=True, help_text="checkpoint folder below ECC_DATA_DIR")
    progress = models.JSONField(default=dict, blank=True, help_text="the last training.ml.progress.Progress")

    objects: ClassVar = RunQuerySet.as_manager()

    class Meta(Job.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_running_run"),
            models.CheckConstraint(condition=Q(wordings__lte=20), name="run_wordings"),
            models.CheckConstraint(condition=Q(replay_share__gt=0, replay_share__lt=1), name="run_replay_share"),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["state", "position", "id"], name="run_queue"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def report(self) -> DataReport:
        return DataReport.from_dict(self.data_report)

    @property
    def needs_people(self) -> bool:
        """Whether there is nothing new to learn without replies by people: the rest of the mix is replay, if any."""
        return bool(self.mix.get("person")) and self.mix.keys() <= {"person", "replay"}

    @property
    def folder(self) -> Path:
        """Where log and checkpoints lie; the key keeps a new database from finding the runs of an old one."""
        return settings.DATA_DIR / "runs" / f"{self.pk}-{self.key.hex[:8]}"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def done_at(self) -> datetime | None:
        """When it will be done at the speed so far; None where that is unknown."""
        left = self.progress.get("seconds_left")
        return timezone.now() + timedelta(seconds=left) if left and self.state == self.State.RUNNING else None

    def claim(self) -> bool:
        """As for every job, but only while no other run is running."""
        try:
            with transaction.atomic():
                return super().claim()
        except IntegrityError:
            return False

    def ask_for_preparation(self, by: Any = None) -> None:
        """Have a worker, which may load a tokenizer, look at the data and the first batch."""
        PreparationJob.objects.enqueue_once(draft=self, created_by=by)

    def queue_last(self) -> bool:
        """Start a draft behind all waiting runs; False where it has been started already."""
        type(self).objects.filter(pk=self.pk).update(position=type(self).objects.last_position() + 1)
        return self.start()

    def move_up(self) -> None:
        """Change places with the run before it in the queue."""
        with transaction.atomic():
            order = list(type(self).objects.waiting().select_for_update())
            places = [run.pk for run in order]
            if self.pk in places[1:]:
                i = places.index(self.pk)
                order[i - 1], order[i] = order[i], order[i - 1]
            for position, run in enumerate(order, start=1):
                type(self).objects.filter(pk=run.pk).update(position=position)

    def record(self, **values: Any) -> None:
        """Store these columns while this process has the run. Raises Cancelled or Superseded."""
        self.write(**values)
        for name, value in values.items():
            setattr(self, name, value)

    def record_report(self, **fields: Any) -> None:
        """As record, of fields of the report; the others stay as they are by now, since words may have been erased."""
        with transaction.atomic():
            stored = type(self).objects.select_for_update().values_list("data_report", flat=True).get(pk=self.pk)
            self.record(data_report=replace(DataReport.from_dict(stored), **fields).as_dict())

    def show_stage(self, name: str, done: int, total: int) -> None:
        """What it does before it trains, wordings | rates, and how far that is. Raises Cancelled or Superseded."""
        self.record(progress={"stage": {"name": name, "done": done, "total": total}})

    def requeue_if_orphaned(self, token: uuid.UUID) -> None:
        """Called when the process that was to claim with this token has ended: if it still has the run, it died."""
        mine = type(self).objects.filter(pk=self.pk, state=self.State.RUNNING, token=token)
        sentence = f"Its process died {MAX_ATTEMPTS} times at the same point; the log says more."
        hopeless = mine.without_progress().filter(attempts__gte=MAX_ATTEMPTS)
        if hopeless.update(state=self.State.FAILED, error=sentence, ended_at=timezone.now(), token=None):
            return
        mine.update(state=self.State.QUEUED, token=None)


class PreparationJob(Job):
    """The look at a draft's data and its first batch, before it can be started."""

    task_name = "training.tasks.prepare_run"
    queue = "models"
    kind_name = _("Preparation of a run")

    draft = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="preparations")

    class Meta(Job.Meta):
        constraints = [one_active_per("draft", name="one_active_preparation_per_run")]

    def __str__(self) -> str:
        return _("Preparing %(run)s") % {"run": self.draft}


class LossPoint(models.Model):
    """One point of a run's loss curve."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="losses")
    step = models.PositiveIntegerField()
    loss = models.FloatField(null=True)
    dev_loss = models.FloatField(null=True)

    objects = LossPointQuerySet.as_manager()

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="loss_point_once")]

    def __str__(self) -> str:
        return f"{self.run_id} @ {self.step}"


class LearnedTurn(models.Model):
    """A turn that a run has learned a reply to. Plain ids, which stay when the dialogue is erased."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="learned_turns")
    turn_id = models.PositiveBigIntegerField()
    dialogue_id = models.PositiveBigIntegerField()

    objects = LearnedTurnQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "turn_id"], name="turn_learned_once_a_run")]
        indexes = [
            models.Index(fields=["turn_id"], name="learned_turn"),
            models.Index(fields=["dialogue_id"], name="learned_dialogue"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: turn {self.turn_id}"


class Checkpoint(models.Model):
    """A saved state of a run; each is a version that can answer."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="checkpoints")
    step = models.PositiveIntegerField()
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="checkpoint")
    dev_loss = models.FloatField(null=True)

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="checkpoint_once_a_step")]

    def __str__(self) -> str:
        return f"{self.run} @ {self.step}"
