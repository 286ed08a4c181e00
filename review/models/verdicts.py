"""Verdicts of annotators, with every revision of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison
from knowledge.models import Entry
from review.models.rounds import Assignment, Round, RoundItem
from review.querysets import VerdictQuerySet


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
    # Nor has this one.
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="verdicts", db_index=False
    )
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
    overruled = models.BooleanField(
        default=False, help_text="a manager decided otherwise, so its reply is not in the memory"
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
            models.Index(fields=["annotator", "current"], name="verdict_by_annotator"),
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
