"""Replies that the end model should learn, and the jobs that ask the teacher for more."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset, Split, Turn
from ecc_site.core.jobs import Job, one_active_per
from ecc_site.core.language import Language
from knowledge.models import Entry
from review.models import Round, VerdictRevision
from serving.models import CloudCall, Version
from training.labels.querysets import LabelQuerySet, ParaphraseQuerySet


class Label(models.Model):
    """A reply that the end model should learn for one turn. At most one label of a turn is chosen."""

    class Source(models.TextChoices):
        PERSON = "person", _("person")
        TEACHER = "teacher", _("teacher")
        CORPUS = "corpus", _("corpus")

    class Origin(models.TextChoices):
        """Of a person's label: what that person did."""

        CORRECTION = "correction", _("correction")
        PREFERRED = "preferred", _("preferred reply")
        TIE = "tie", _("reply in a tie")
        BY_HAND = "by_hand", _("written by a manager")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="labels")
    source = models.CharField(max_length=7, choices=Source)
    text = models.TextField()
    text_hash = models.CharField(max_length=16)
    chosen = models.BooleanField(default=False)
    rejected = models.BooleanField(default=False)
    # Where it came from: a person's verdict, the teacher's call, or neither: the imported dialogue.
    revision = models.ForeignKey(
        VerdictRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="labels"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cloud_call = models.ForeignKey(CloudCall, null=True, blank=True, on_delete=models.PROTECT, related_name="labels")
    teacher = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="labels")
    prompt_version = models.CharField(max_length=20, blank=True)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="labels", help_text="what it became"
    )
    # Copied from the revision, its verdict and the turn's dialogue: lists are filtered by them, and pages count them.
    round = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.PROTECT, related_name="labels", db_index=False
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="labels")
    split = models.CharField(max_length=5, choices=Split)
    origin = models.CharField(max_length=10, choices=Origin, blank=True)
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
            models.CheckConstraint(
                condition=Q(source="person", origin__in=["correction", "preferred", "tie", "by_hand"])
                | ~Q(source="person") & Q(origin=""),
                name="label_of_person_has_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "source", "id"], name="label_dataset_source"),
            models.Index(fields=["dataset", "chosen", "id"], name="label_dataset_chosen"),
            models.Index(fields=["source", "id"], name="label_source"),
            models.Index(fields=["round", "id"], name="label_round"),
            models.Index(fields=["dataset", "source", "chosen", "split", "origin"], name="label_dataset_origin"),
            models.Index(fields=["round", "source", "chosen", "split", "origin"], name="label_round_origin"),
            models.Index(fields=["teacher", "id"], name="label_teacher"),
            models.Index(fields=["id"], condition=Q(rejected=True), name="label_rejected"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def active_entry(self) -> Entry | None:
        """The entry of the memory that says the same, where it acts."""
        entry = self.entry or (self.revision.verdict.entry if self.revision else None)
        is_same = entry is not None and entry.text == self.text and entry.state == Entry.State.ACTIVE
        return entry if is_same else None


class LabelSync(models.Model):
    """Up to which revision of a verdict the labels follow what people said, in its only row."""

    revision = models.PositiveBigIntegerField(default=0, help_text="id of a revision; those before it were seen too")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="label_sync_only_one")]

    def __str__(self) -> str:
        return str(self.revision)

    @classmethod
    def up_to(cls) -> int:
        return cls.objects.filter(pk=1).values_list("revision", flat=True).first() or 0

    @classmethod
    def locked(cls) -> LabelSync:
        """The row, held until the end of the transaction."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)


class Paraphrase(models.Model):
    """Another wording of the question that a label answers, by a teacher."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="paraphrases")
    teacher = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="paraphrases")
    cloud_call = models.ForeignKey(
        CloudCall, null=True, blank=True, on_delete=models.PROTECT, related_name="paraphrases"
    )
    text = models.TextField()
    text_hash = models.CharField(max_length=16)
    similarity = models.FloatField(help_text="to the question, by the similarity scorer, 0 to 1")

    objects = ParaphraseQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["label", "text_hash"], name="paraphrase_once_a_label"),
            models.CheckConstraint(condition=Q(similarity__gte=0, similarity__lte=1), name="paraphrase_similarity"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class LabelJob(Job):
    """Ask the teacher for its reply to each turn of a selection that it has not labelled with this prompt yet."""

    class Selection(models.TextChoices):
        ALL = "all", _("all questions")
        LOW = "low", _("answers below the threshold")
        REJECTED = "rejected", _("answers that people rejected")

    task_name = "training.tasks.label_dataset"
    queue = "models"
    kind_name = _("Teacher labelling")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="label_jobs")
    teacher = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="label_jobs")
    selection = models.CharField(max_length=8, choices=Selection)
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="label_jobs")
    # A filter on the selection; an empty value filters nothing.
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

    def __str__(self) -> str:
        return _("Teacher labelling for %(dataset)s") % {"dataset": self.dataset}
