"""Labels that the end model should learn, the runs that learn them, and the checkpoints that runs leave behind."""

import uuid
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset, EvalSet, Language, Split, Turn
from ecc_site.kit.jobs import MAX_ATTEMPTS, Job, one_active_per
from review.models import Round, VerdictRevision
from serving.models import CloudCall, Version
from training.querysets import LabelQuerySet, LossPointQuerySet, RunQuerySet


class Label(models.Model):
    """A reply the end model should learn for one turn. At most one of a turn is chosen."""

    class Source(models.TextChoices):
        PERSON = "person", _("person")
        TEACHER = "teacher", _("teacher")
        CORPUS = "corpus", _("corpus")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="labels")
    source = models.CharField(max_length=7, choices=Source)
    text = models.TextField()
    text_hash = models.CharField(max_length=16)
    chosen = models.BooleanField(default=False)
    rejected = models.BooleanField(default=False)
    # Where it came from: a person's verdict, the teacher's call, or nothing more than the imported dialogue.
    revision = models.ForeignKey(
        VerdictRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="labels"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cloud_call = models.ForeignKey(CloudCall, null=True, blank=True, on_delete=models.PROTECT, related_name="labels")
    teacher = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="labels")
    prompt_version = models.CharField(max_length=20, blank=True)
    # Repeated from the turn's dialogue, because lists are filtered by them.
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="labels")
    split = models.CharField(max_length=5, choices=Split)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "source", "text_hash"], name="label_once_a_source"),
            models.UniqueConstraint(fields=["turn"], condition=Q(chosen=True), name="one_chosen_label_a_turn"),
            models.CheckConstraint(condition=~Q(split="test"), name="no_label_on_a_test_dialogue"),
            models.CheckConstraint(condition=Q(chosen=False) | Q(rejected=False), name="no_rejected_label_is_chosen"),
            models.CheckConstraint(
                condition=Q(source="person", cloud_call__isnull=True)
                | Q(source="teacher", teacher__isnull=False)
                | Q(source="corpus", cloud_call__isnull=True, revision__isnull=True),
                name="label_source_fits_its_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "source", "id"], name="label_dataset_source"),
            models.Index(fields=["dataset", "chosen", "id"], name="label_dataset_chosen"),
            models.Index(fields=["source", "id"], name="label_source"),
            models.Index(fields=["teacher", "id"], name="label_teacher"),
            models.Index(fields=["id"], condition=Q(rejected=True), name="label_rejected"),
        ]

    def __str__(self):
        return self.text[:60]


class LabelJob(Job):
    """Ask the teacher for the reply to each turn of a selection that has no teacher's label yet."""

    class Selection(models.TextChoices):
        ALL = "all", _("every open turn")
        LOW = "low", _("answers under the threshold")
        REJECTED = "rejected", _("answers that people rejected")

    task_name = "training.tasks.label_dataset"
    queue = "models"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="label_jobs")
    teacher = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="label_jobs")
    selection = models.CharField(max_length=8, choices=Selection)
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="label_jobs")
    # What narrows the selection further; empty narrows nothing.
    split = models.CharField(max_length=5, choices=Split.choices, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, blank=True)
    contains = models.CharField(max_length=100, blank=True, help_text="text of the customer's message")
    below = models.FloatField(null=True, blank=True, help_text="final score of the champion's answer, 0 to 1")
    example_count = models.PositiveSmallIntegerField(default=0, help_text="N of Table II, 0 to 500")
    nearest_count = models.PositiveSmallIntegerField(default=0, help_text="examples by nearest question, 0 to 20")
    limit = models.PositiveIntegerField(null=True, blank=True, help_text="at most so many turns")
    unanswered = models.JSONField(default=dict, blank=True, help_text="reason: how many")

    class Meta(Job.Meta):
        constraints = [
            one_active_per("dataset", "teacher", name="one_label_job_at_a_time"),
            models.CheckConstraint(condition=Q(example_count__lte=500), name="label_job_examples"),
            models.CheckConstraint(condition=Q(nearest_count__lte=20), name="label_job_nearest"),
            models.CheckConstraint(condition=~Q(split="test"), name="label_job_leaves_test_alone"),
        ]

    def __str__(self):
        return f"{self.teacher} ⇢ {self.dataset}"


class TeacherTableJob(Job):
    """Ask the bare and the prompted teacher the same questions: Table III of the paper."""

    task_name = "training.tasks.ask_teacher"
    queue = "models"

    teacher = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="teacher_tables")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="teacher_tables")
    question = models.TextField(blank=True, help_text="typed by a person; else turns of the dataset are asked")
    rows = models.JSONField(default=list, blank=True, help_text="[{question, bare, prompted}] as ids of cloud calls")

    class Meta(Job.Meta):
        constraints = [one_active_per("teacher", name="one_teacher_table_at_a_time")]

    def __str__(self):
        return f"{self.teacher} ⇢ {self.dataset or self.question[:40]}"


class Run(Job):
    """One PEFT training, always from the base on all the data chosen for it."""

    class Method(models.TextChoices):
        LORA = "lora", "LoRA"
        PREFIX = "prefix", "Prefix-Tuning"
        PTUNING_V2 = "ptuning_v2", "P-Tuning v2"

    task_name = "training.tasks.train_next"
    queue = "training"

    name = models.CharField(max_length=200)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="runs")
    base = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    method = models.CharField(max_length=10, choices=Method)
    preset = models.CharField(max_length=20, default="recommended")
    parameters = models.JSONField(help_text="as training.ml.settings.TrainingSettings.as_dict")
    mix = models.JSONField(help_text="source: how many examples at the most")
    repeats = models.PositiveSmallIntegerField(default=1, help_text="times a label by people is learned a pass")
    data_hash = models.CharField(max_length=64, blank=True)
    data_report = models.JSONField(default=dict, blank=True, help_text="counts of what was taken, cut and refused")
    before = models.ForeignKey(
        EvalSet, null=True, blank=True, on_delete=models.PROTECT, related_name="taught_runs", help_text="what it learns"
    )
    held_out = models.ForeignKey(EvalSet, null=True, blank=True, on_delete=models.PROTECT, related_name="gated_runs")
    best = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="lowest dev loss"
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    device = models.CharField(max_length=20, default="local")
    position = models.PositiveIntegerField(default=0, help_text="in the queue, the lowest first")
    resume_from = models.CharField(max_length=500, blank=True, help_text="checkpoint folder below ECC_DATA_DIR")
    progress = models.JSONField(default=dict, blank=True, help_text="the last training.ml.training.Progress")

    objects = RunQuerySet.as_manager()

    class Meta(Job.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(state="running"), name="one_running_run_a_device"),
            models.CheckConstraint(condition=Q(method__in=["lora", "prefix", "ptuning_v2"]), name="run_method"),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["state", "device", "position", "id"], name="run_queue"),
        ]

    def __str__(self):
        return self.name

    @property
    def folder(self):
        """Where log and checkpoints lie; the key keeps a new database from meeting the runs of an old one."""
        return settings.DATA_DIR / "runs" / f"{self.pk}-{self.key.hex[:8]}"

    @property
    def log(self):
        return self.folder / "log.txt"

    @property
    def done_at(self):
        """When it will be done at the pace so far; None where that is not known."""
        left = self.progress.get("seconds_left")
        return timezone.now() + timedelta(seconds=left) if left and self.state == self.State.RUNNING else None

    def claim(self) -> bool:
        """As every job, but only where no other run has the device."""
        try:
            with transaction.atomic():
                return super().claim()
        except IntegrityError:
            return False

    def ask_for_preparation(self) -> None:
        """Have a worker that may load a tokenizer look at the data and the first batch."""
        transaction.on_commit(lambda: current_app.send_task("training.tasks.prepare_run", [self.pk], queue="models"))

    def queue_last(self) -> bool:
        """Start a draft behind all that wait; False where it has been started already."""
        type(self).objects.filter(pk=self.pk).update(position=type(self).objects.last_position() + 1)
        return self.start()

    def move_up(self) -> None:
        """Change places with the one before it in the queue."""
        with transaction.atomic():
            order = list(type(self).objects.waiting().select_for_update())
            places = [run.pk for run in order]
            if self.pk in places[1:]:
                i = places.index(self.pk)
                order[i - 1], order[i] = order[i], order[i - 1]
            for position, run in enumerate(order, start=1):
                type(self).objects.filter(pk=run.pk).update(position=position)

    def resume(self) -> bool:
        """Queue an ended run again; it goes on at its newest checkpoint."""
        ended = type(self).objects.filter(pk=self.pk, state__in=[self.State.FAILED, self.State.CANCELLED])
        values = {"cancel_requested": False, "error": "", "attempts": 0, "ended_at": None}
        if ended.update(state=self.State.QUEUED, **values):
            self.enqueue()
            return True
        return False

    @transaction.atomic
    def go_on_from(self, checkpoint: "Checkpoint", by) -> "Run":
        """A new run that starts at one of this run's checkpoints with the same settings, the curve up to it included.

        Where such a run waits or runs already, that one.
        """
        start = {"resume_from": checkpoint.version.adapter, "parameters": self.parameters, "mix": self.mix}
        same = type(self).objects.active().filter(**start).first()
        if same:
            return same  # the button was pressed twice
        kept = {
            name: getattr(self, name)
            for name in ("dataset", "base", "method", "preset", "repeats", "before", "held_out")
        }
        run = type(self).objects.create(
            name=_("%(run)s, from step %(step)s") % {"run": self.name[:150], "step": checkpoint.step},
            position=type(self).objects.last_position() + 1,
            created_by=by,
            **start,
            **kept,
        )
        self.losses.filter(step__lte=checkpoint.step).copy(run)
        run.enqueue()
        return run

    def give_back_if_abandoned(self) -> None:
        """Called when the run's process has ended: whatever still says "running" has nobody behind it."""
        mine = type(self).objects.filter(pk=self.pk, state=self.State.RUNNING)
        if mine.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=self.State.FAILED, error=f"Its process died {MAX_ATTEMPTS} times; the log says more.", token=None
        ):
            return
        mine.update(state=self.State.QUEUED, token=None)


class MergeJob(Job):
    """Make one plain model of a version's LoRA adapter and its base, for servers that take no adapters."""

    task_name = "training.tasks.merge_version"
    queue = "models"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="merge_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("version", name="one_merge_job_at_a_time")]

    def __str__(self):
        return str(self.version)


class LossPoint(models.Model):
    """One point of a run's loss curve."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="losses")
    step = models.PositiveIntegerField()
    loss = models.FloatField(null=True)
    dev_loss = models.FloatField(null=True)
    learning_rate = models.FloatField(null=True)

    objects = LossPointQuerySet.as_manager()

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="loss_point_once")]

    def __str__(self):
        return f"{self.run_id} @ {self.step}"


class Checkpoint(models.Model):
    """A saved state of a run; each is a version that can answer."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="checkpoints")
    step = models.PositiveIntegerField()
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="checkpoint")
    dev_loss = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="checkpoint_once_a_step")]

    def __str__(self):
        return f"{self.run} @ {self.step}"
