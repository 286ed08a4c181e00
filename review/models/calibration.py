"""What is worked out about how scores and people agree, the job that works it out, and what is learned from it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset
from ecc_site.core.jobs import Job, one_active_per
from review.querysets import LearnedScorerQuerySet
from scoring.models import Profile, ScorerSet


class OfFilter(models.Model):
    """What belongs to a review.calibration.material.Filter."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    scorer_set = models.ForeignKey(ScorerSet, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Comparison.Kind, help_text="kind of the reference answers")
    chosen = models.JSONField(default=dict, blank=True, help_text="what else the filter chooses")
    digest = models.CharField(max_length=64, help_text="SHA-256 of that")

    class Meta:
        abstract = True


class CalibrationFigures(OfFilter):
    """One subject of review.calibration.subjects under a filter, as it was when it was last worked out."""

    subject = models.CharField(max_length=20)
    figures = models.JSONField(help_text="what the subject works out")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+", help_text="which was active then")
    revision = models.PositiveBigIntegerField(help_text="the newest of verdicts then; later ones are not in them")
    verdict_count = models.PositiveIntegerField(help_text="active verdicts of the rounds then")
    newest_score = models.PositiveBigIntegerField(help_text="of the dataset then; later ones are not in them")
    score_count = models.PositiveIntegerField(help_text="scores that were looked at")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "scorer_set", "kind", "digest", "subject"], name="calibration_figures_once"
            )
        ]
        indexes = [models.Index(fields=["dataset", "at"], name="calibration_figures_oldest")]

    def __str__(self) -> str:
        return f"{self.subject}, {self.dataset}, {self.verdict_count}"


class CalibrationJob(Job, OfFilter):
    """Everything about a filter that takes too long for a page is worked out and kept."""

    task_name = "review.tasks.calibrate"
    kind_name = _("Calibration of scores")
    starts_anew = True

    class Meta(Job.Meta):
        constraints = [
            one_active_per("dataset", "scorer_set", "kind", "digest", name="one_calibration_job_a_filter"),
        ]

    def __str__(self) -> str:
        return _("Calibration of the scores of %(dataset)s") % {"dataset": self.dataset}


class LearnedScorer(models.Model):
    """A small model that learned from verdicts; the active one says beside Eq. 1 how likely people accept a reply.

    One is active for a dataset, a scorer set and a kind of reference; earlier ones are kept.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    scorer_set = models.ForeignKey(ScorerSet, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Comparison.Kind, help_text="kind of the reference answers")
    coefficients = models.JSONField(help_text="a Model of review.calibration.estimating.learned")
    verdict_count = models.PositiveIntegerField(help_text="verdicts that it learned from")
    active = models.BooleanField(default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = LearnedScorerQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "scorer_set", "kind"], condition=Q(active=True), name="one_active_learned_scorer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset}, {self.kind}, {self.verdict_count}"
