"""Rounds of review, the assignments of dialogues to annotators, and their verdicts."""

import time
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Dialogue
from ecc_site.core.jobs import Job, one_active_per
from knowledge.models import Entry
from review.querysets import (
    AssignmentQuerySet,
    ExportJobQuerySet,
    RoundItemQuerySet,
    RoundQuerySet,
    VerdictQuerySet,
)

LEASE = timedelta(minutes=30)


class Round(models.Model):
    """What is reviewed, how often, and by which rules."""

    class Purpose(models.TextChoices):
        TEACH = "teach", _("training (train and dev dialogues)")
        MEASURE = "measure", _("evaluation (test dialogues)")

    class Scores(models.TextChoices):
        ALONGSIDE = "alongside", _("beside the answers")
        AFTER = "after", _("after the verdict")

    class Sides(models.TextChoices):
        FIXED = "fixed", _("end answer on the left")
        RANDOM = "random", _("random sides")

    class Signal(models.TextChoices):
        """What an annotator may say of the end answer with one more key."""

        AS_IS = "as_is", _("would send as it is")
        KNOWLEDGE_MISSING = "knowledge_missing", _("knowledge missing")
        WRONG_FACT = "wrong_fact", _("wrong fact")
        WRONG_TONE = "wrong_tone", _("wrong tone")

    name = models.CharField(max_length=200)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="rounds")
    kind = models.CharField(max_length=10, choices=Comparison.Kind, help_text="kind of the reference answers")
    purpose = models.CharField(max_length=7, choices=Purpose)
    overlap = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(20)])
    overlap_share = models.FloatField(default=1.0, help_text="of the dialogues, how many get the overlap; others get 1")
    blind = models.BooleanField(default=False, help_text="names, colours and scores only after the verdict")
    sides = models.CharField(max_length=6, choices=Sides, default=Sides.FIXED)
    scores = models.CharField(max_length=9, choices=Scores, default=Scores.ALONGSIDE)
    signals = models.JSONField(default=list, blank=True, help_text="the signals that it offers")
    error_tags = models.JSONField(default=list, blank=True, help_text="words of the shop for what can be wrong")
    propagates = models.BooleanField(default=False, help_text="identical pairs are judged once")
    annotators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="rounds", help_text="who reviews; nobody chosen is everybody"
    )
    deadline = models.DateField(null=True, blank=True)
    selection = models.JSONField(default=dict, blank=True, help_text="the filter that chose its comparisons")
    seed = models.BigIntegerField(default=0, help_text="of what is drawn at random")
    teach_preferred = models.BooleanField(
        default=False, help_text="the human agents' replies that were preferred are taught, as corrections always are"
    )
    teach_ties = models.BooleanField(default=False, help_text="so are their replies in ties")
    guideline = models.TextField(blank=True)
    guideline_version = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    came_with_files = models.BooleanField(default=False, help_text="its verdicts were imported")
    dialogue_count = models.PositiveIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    wanted_count = models.PositiveIntegerField(
        default=0, help_text="verdicts wanted: of each item as many as of its dialogue"
    )
    verdict_count = models.PositiveIntegerField(default=0, help_text="active verdicts")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1, overlap__lte=20), name="round_overlap"),
            models.CheckConstraint(condition=Q(purpose__in=["teach", "measure"]), name="round_purpose"),
            models.CheckConstraint(condition=Q(overlap_share__gte=0, overlap_share__lte=1), name="round_overlap_share"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return 100 * self.verdict_count // self.wanted_count if self.wanted_count else 0

    @property
    def offered_signals(self) -> list[tuple[str, str]]:
        """Value and words of the signals that it offers."""
        return [(value, str(label)) for value, label in self.Signal.choices if value in self.signals]

    @property
    def hides_scores(self) -> bool:
        """Until the verdict: a blind round always does, since a score says which answer is the end model's."""
        return self.blind or self.scores == self.Scores.AFTER


class RoundItem(models.Model):
    """One comparison in a round, and why it is there."""

    class Stratum(models.TextChoices):
        WORST = "worst", _("worst first")
        RANDOM = "random", _("random")
        UNCERTAIN = "uncertain", _("most uncertain first")
        GOLD = "gold", _("gold")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="round_items")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="round_items")
    position = models.PositiveIntegerField(help_text="of the customer turn in its dialogue")
    stratum = models.CharField(max_length=9, choices=Stratum)
    reason = models.CharField(max_length=200, blank=True)
    expected = models.CharField(
        max_length=9, blank=True, help_text="the preference that a gold item is known to deserve"
    )
    same_as = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="copies",
        help_text="the identical pair that is judged",
    )

    objects = RoundItemQuerySet.as_manager()

    class Meta:
        ordering = ["dialogue_id", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "comparison"], name="comparison_once_in_round")]
        indexes = [models.Index(fields=["round", "dialogue", "position", "id"], name="round_item_walk")]

    def __str__(self) -> str:
        return f"{self.round} #{self.comparison_id}"


class Assignment(models.Model):
    """One annotator's lease on one dialogue of a round.

    All `overlap` assignments of a dialogue are made with the round, so no more people than that can be assigned.
    """

    class State(models.TextChoices):
        FREE = "free", _("free")
        TAKEN = "taken", _("taken")
        DONE = "done", _("done")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignments")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="assignments")
    n = models.PositiveSmallIntegerField(help_text="1 to the overlap of the round")
    priority = models.PositiveIntegerField(help_text="the lowest comes first")
    state = models.CharField(max_length=5, choices=State, default=State.FREE)
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    deferred_at = models.DateTimeField(null=True, blank=True, help_text="put at the end of the annotator's own queue")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "dialogue", "n"], name="assignment_number_once"),
            models.UniqueConstraint(
                fields=["round", "dialogue", "annotator"],
                condition=Q(annotator__isnull=False),
                name="annotator_once_at_a_dialogue",
            ),
            models.CheckConstraint(condition=Q(n__gte=1, n__lte=20), name="assignment_number_in_overlap"),
            models.CheckConstraint(
                condition=Q(state="free", annotator__isnull=True)
                | Q(state__in=["taken", "done"], annotator__isnull=False),
                name="a_taken_assignment_has_an_annotator",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "priority", "id"], name="assignment_next"),
            models.Index(fields=["round", "state", "leased_until", "id"], name="assignment_abandoned"),
            models.Index(
                fields=["round", "annotator", "state", "leased_until"],
                condition=Q(annotator__isnull=False),
                name="assignment_held",
            ),
            models.Index(
                fields=["round", "annotator", "priority"],
                condition=Q(annotator__isnull=False),
                name="assignment_furthest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: dialogue {self.dialogue_id}, assignment {self.n}"


class Participation(models.Model):
    """How much an annotator has done in a round, kept with each verdict."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="participations")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    verdict_count = models.PositiveIntegerField(default=0, help_text="active verdicts")
    quick_count = models.PositiveIntegerField(default=0, help_text="of them those that took less than a second")
    started_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-verdict_count", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "annotator"], name="participation_once")]

    def __str__(self) -> str:
        return f"{self.annotator}: {self.verdict_count}"

    @property
    def share_of_round(self) -> float | None:
        return self.verdict_count / self.round.wanted_count if self.round.wanted_count else None

    @property
    def quick_share(self) -> float | None:
        return self.quick_count / self.verdict_count if self.verdict_count else None


class Skip(models.Model):
    """An annotator gave a dialogue of a round back, and does not get it again; another takes their place."""

    class Reason(models.TextChoices):
        UNCLEAR = "unclear", _("the question is not clear")
        NOT_MY_FIELD = "not_my_field", _("not my field")
        LANGUAGE = "language", _("I do not know the language")
        BROKEN = "broken", _("the item is broken")
        OTHER = "other", _("another reason")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="skips")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="skips")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "dialogue", "annotator"], name="skipped_once_by_an_annotator")
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


class Guideline(models.Model):
    """A version of what the annotators of a round are told; the round has the newest text."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["round", "version"], name="guideline_version_once")]

    def __str__(self) -> str:
        return f"{self.round}, {self.version}"


class Verdict(models.Model):
    """One person's opinion of one comparison of a round; `current` is its newest revision.

    It is given under an assignment, so that an item gets no more than were wanted. What a manager decides where
    annotators disagree comes on top, counts as none of them, and alone needs no assignment.
    """

    # Without an index of its own: it leads those below.
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="verdicts", db_index=False)
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(RoundItem, on_delete=models.PROTECT, related_name="verdicts")
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="verdicts")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="verdicts")
    current = models.OneToOneField(
        "VerdictRevision", null=True, on_delete=models.PROTECT, related_name="current_of", editable=False
    )
    withdrawn = models.BooleanField(default=False, help_text="as in the current revision")
    adjudicates = models.BooleanField(default=False, help_text="as in the current revision")
    entry = models.ForeignKey(
        Entry,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="verdicts",
        editable=False,
        help_text="what the memory made of it",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["annotator", "round", "comparison"], name="verdict_once"),
            models.UniqueConstraint(
                fields=["assignment", "comparison"],
                condition=Q(withdrawn=False),
                name="active_verdict_once_an_assignment",
            ),
            models.CheckConstraint(
                condition=Q(assignment__isnull=False) | Q(adjudicates=True), name="a_verdict_has_an_assignment"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "annotator", "withdrawn", "updated_at"], name="verdict_latest"),
            models.Index(fields=["round", "item", "id"], name="verdict_by_item"),
            models.Index(fields=["round", "current"], name="verdict_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator}: {self.current}"

    @property
    def newest(self) -> "VerdictRevision":
        """The current revision of a verdict that has been recorded."""
        assert self.current is not None
        return self.current


class VerdictRevision(models.Model):
    """One state of a verdict; rows are only ever added."""

    class Preference(models.TextChoices):
        END = "end", _("end better")
        REFERENCE = "reference", _("reference better")
        TIE = "tie", _("tie")
        BOTH_BAD = "both_bad", _("both bad")

    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="revisions")
    preference = models.CharField(max_length=9, choices=Preference)
    end_acceptable = models.BooleanField()
    reference_acceptable = models.BooleanField()
    acceptable_is_default = models.BooleanField(
        default=True, help_text="acceptability followed from the one key and is no opinion of its own"
    )
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5, of the end answer")
    tags = models.JSONField(default=list, blank=True, help_text="error tags of the round")
    signals = models.JSONField(default=list, blank=True, help_text="values of Round.Signal, about the end answer")
    correction = models.TextField(blank=True, help_text="the reply that should have been given")
    note = models.TextField(blank=True)
    seconds = models.FloatField(null=True, blank=True)
    left_side = models.CharField(max_length=9, default="end", help_text="what was shown on the left")
    scores_seen = models.BooleanField(default=True)
    after_reveal = models.BooleanField(default=False)
    propagated = models.BooleanField(default=False, help_text="given about an identical pair")
    guideline_version = models.PositiveSmallIntegerField(null=True, blank=True)
    adjudicates = models.BooleanField(default=False, help_text="a manager decides with it between what others said")
    withdrawn = models.BooleanField(default=False)
    key = models.UUIDField(unique=True, help_text="idempotency key of the request that wrote it")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(preference__in=["end", "reference", "tie", "both_bad"]), name="revision_preference"
            ),
            models.CheckConstraint(condition=Q(left_side__in=["end", "reference"]), name="revision_left_side"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="revision_rating"
            ),
        ]

    def __str__(self) -> str:
        return self.get_preference_display()


class TakeOverJob(Job):
    """The verdicts that came with a dataset's files become verdicts of the person who asked for it."""

    task_name = "review.tasks.take_over_verdicts"
    kind_name = _("Taking over verdicts")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="take_over_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("dataset", name="one_take_over_a_dataset")]

    def __str__(self) -> str:
        return _("Taking over the verdicts of %(dataset)s") % {"dataset": self.dataset}


class ExportJob(Job):
    """The verdicts of a round as a file of one format, which lies below ECC_DATA_DIR for some days."""

    FOLDER = "exports"
    KEPT_S = 7 * 24 * 3600

    task_name = "review.tasks.export_round"
    kind_name = _("Export")
    starts_anew = True

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=20, help_text="a name of review.exports.formats.FORMATS")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="whose verdicts; empty: everybody's",
    )
    only_corrected = models.BooleanField(default=False, help_text="only verdicts with a correction")
    record_count = models.PositiveBigIntegerField(null=True, blank=True, help_text="in the file")
    left_out = models.JSONField(default=dict, blank=True, help_text="how many verdicts made no record, by the reason")

    objects: ClassVar = ExportJobQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            one_active_per(
                *("round", "format", "only_corrected"), name="one_export_of_all", where=Q(annotator__isnull=True)
            ),
            one_active_per(*("round", "format", "only_corrected", "annotator"), name="one_export_of_an_annotator"),
        ]

    def __str__(self) -> str:
        return _("Export of %(round)s as %(format)s") % {"round": self.round, "format": self.format}

    @classmethod
    def folder(cls) -> Path:
        return settings.DATA_DIR / cls.FOLDER

    @property
    def file(self) -> Path:
        """Where its file lies once it is written, until it is removed."""
        return self.folder() / f"{self.pk}.export"

    @property
    def unfinished_file(self) -> Path:
        """Where this attempt writes; each has its own, since one that was taken for dead may still be writing."""
        return self.folder() / f"{self.pk}-{self.token}.tmp"

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return self.state == self.State.DONE and self.file.is_file()

    @property
    def verdicts(self) -> VerdictQuerySet:
        """Those that it exports."""
        chosen = Verdict.objects.active().filter(round=self.round_id)
        if self.annotator_id:
            chosen = chosen.filter(annotator=self.annotator_id)
        return chosen.corrected() if self.only_corrected else chosen

    def files(self) -> list[Path]:
        """What it and attempts that died have written and is still there."""
        written = [self.file, *self.folder().glob(f"{self.pk}-*.tmp")]
        return [file for file in written if file.is_file()]

    def remove_files(self) -> int:
        """Returns how many there were."""
        files = self.files()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    @classmethod
    def remove_old_files(cls) -> int:
        """Remove the files of exports that are some days old, also of jobs that are gone; returns how many."""
        limit = time.time() - cls.KEPT_S
        old = [file for file in cls.folder().glob("*.*") if file.stat().st_mtime < limit]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)


class MakeRoundJob(Job):
    """The items of a large round are chosen and stored; it opens when all are there."""

    task_name = "review.tasks.make_round"
    kind_name = _("Making a review round")
    starts_anew = True

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="make_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("round", name="a_round_is_made_once")]

    def __str__(self) -> str:
        return _("Making the round %(round)s") % {"round": self.round}
