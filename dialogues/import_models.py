"""Imports: what was asked for, what came of it, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from dialogues.importing.cleaning import STEPS
from dialogues.importing.problems import KEPT, sentence
from dialogues.importing.task import Task
from dialogues.querysets import ReplacedDialogueQuerySet
from ecc_site.core.jobs import Job, one_active_per
from serving.own_redaction import own_patterns

if TYPE_CHECKING:
    from dialogues.models import Dataset

FIRST_LINES = 10


class ImportJob(Job):
    """The import of one file into a dataset. It is a draft until the person has seen what would come of it."""

    task_name = "dialogues.tasks.import_file"
    kind_name = _("Import")
    page = "dialogues:import"

    dataset_name = models.CharField(max_length=200)
    path = models.CharField(max_length=500, help_text="the uploaded file")
    file_name = models.CharField(max_length=200)
    file_format = models.CharField(max_length=20, blank=True, help_text="empty: recognised")
    encoding = models.CharField(max_length=20, blank=True, help_text="empty: recognised")
    columns = models.JSONField(default=dict, blank=True, help_text="field of the format: column of the table")
    roles = models.JSONField(default=dict, blank=True, help_text="name in the file: role")
    left_out_steps = models.JSONField(default=list, blank=True, help_text="steps of cleaning that are not taken")
    never_leaves = models.BooleanField(default=False)
    added = models.PositiveBigIntegerField(default=0)
    repeated = models.PositiveBigIntegerField(default=0, help_text="that the dataset had already")
    replaced = models.PositiveBigIntegerField(default=0, help_text="of those added: in place of one with the same id")
    problem_count = models.PositiveBigIntegerField(default=0, help_text="dialogues that were refused")
    report = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return _("Importing %(file)s into %(dataset)s") % {"file": self.file_name, "dataset": self.dataset_name}

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of cleaning that are taken."""
        return tuple(step for step in STEPS if step not in self.left_out_steps)

    @property
    def task(self) -> Task:
        """The file and what is made of it, with the shop's own kinds of personal data as they are now."""
        asked = (self.path, self.file_name, self.encoding, self.file_format, self.columns, self.roles)
        return Task(*asked, steps=self.steps, patterns=own_patterns())

    @property
    def dataset(self) -> Dataset | None:
        return apps.get_model("dialogues", "Dataset").objects.filter(name=self.dataset_name).first()

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back; the UndoJob finds out whether all of it is unused."""
        if self.is_active or self.undone_at or self.undos.active().exists():
            return False
        return self.state != self.State.DRAFT and self.dialogues.exists()


class ImportProblem(models.Model):
    """What was wrong with one or many records of a file."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="problems")
    kind = models.CharField(max_length=20, help_text="a key of SENTENCES")
    field = models.CharField(max_length=100, blank=True)
    values = models.JSONField(default=dict, blank=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-count", "id"]

    def __str__(self) -> str:
        return sentence(self.kind, self.field, self.values)

    @property
    def is_kept(self) -> bool:
        """Whether the dialogues were stored all the same."""
        return self.kind in KEPT

    @property
    def first_lines(self) -> list[int]:
        return list(self.lines.values_list("line", flat=True)[:FIRST_LINES])


class ProblemLine(models.Model):
    """Where in the file a problem is: the number of the line, row or element where the record begins."""

    problem = models.ForeignKey(ImportProblem, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveBigIntegerField()
    place = models.CharField(max_length=300, blank=True, help_text="the file in an archive")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.place}:{self.line}" if self.place else str(self.line)


class ReplacedDialogue(models.Model):
    """A dialogue that another with the same id has replaced, so that the import can be undone."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="replaced_dialogues")
    dataset = models.ForeignKey(
        "Dataset", null=True, on_delete=models.CASCADE, related_name="replaced_dialogues", db_index=False
    )
    source_id = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, db_index=True)
    said = models.TextField(blank=True, help_text="all its raw and cleaned texts, a line each, to be searched")
    record = models.JSONField(help_text="as ParsedDialogue, with its language and whether it leaves")

    objects = ReplacedDialogueQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["dataset", "source_id"], name="replaced_with_id")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.source_id}"


class GivenVerdict(models.Model):
    """What somebody elsewhere thought of the answers that came with a turn; the review takes it over."""

    class Preference(models.TextChoices):
        END = "end", _("end answer")
        REFERENCE = "reference", _("reference answer")
        TIE = "tie", _("tie")
        BOTH_BAD = "both_bad", _("both bad")

    turn = models.OneToOneField("Turn", on_delete=models.CASCADE, related_name="given_verdict")
    dataset = models.ForeignKey(  # copied from the turn's dialogue: its page counts those that wait
        "Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    preference = models.CharField(max_length=9, choices=Preference)
    correction = models.TextField(blank=True)
    by = models.CharField(max_length=100, blank=True, help_text="as the file names the person")
    taken_over = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(preference__in=["end", "reference", "tie", "both_bad"]), name="given_preference"
            )
        ]
        indexes = [models.Index(fields=["dataset", "taken_over", "id"], name="given_verdict_waiting")]

    def __str__(self) -> str:
        return f"{self.turn_id}: {self.preference}"


class UndoJob(Job):
    """Takes back what an import has brought, as long as nothing of it was reviewed or learned from."""

    task_name = "dialogues.tasks.undo_import"
    kind_name = _("Undoing an import")

    import_job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="undos")

    class Meta(Job.Meta):
        constraints = [one_active_per("import_job", name="one_undo_an_import")]

    def __str__(self) -> str:
        return _("Undoing the import of %(file)s") % {"file": self.import_job.file_name}
