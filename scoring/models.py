"""Scorer sets, scores with their components, the profiles that combine them into a final score, and a cache."""

from typing import Any, ClassVar

import numpy as np
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Split
from ecc_site.core.jobs import Job, one_active_per
from scoring.components import STORED
from scoring.fusion import ALPHA, THETA, final_score
from scoring.parameters import Parameters, theta_of
from scoring.querysets import ProfileQuerySet, ScoreJobQuerySet, ScoreQuerySet, ScorerSetQuerySet
from scoring.why.rule import Decision
from serving.models import Version


def _in_unit(*names: str) -> Q:
    condition = Q()
    for name in names:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 1})
    return condition


class ScorerSet(models.Model):
    """A similarity scorer and a match scorer that belong together, with the Θ that fits them."""

    similarity = models.CharField(max_length=300, help_text="name of the similarity scorer")
    match = models.CharField(max_length=300, help_text="name of the match scorer")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of names, weights and configuration")
    theta = models.FloatField(default=THETA)
    quantiles = models.JSONField(default=dict, blank=True, help_text="of each scorer on unrelated and right pairs")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, help_text="when it scored last, even if nothing was new")

    objects = ScorerSetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=_in_unit("theta"), name="scorer_set_theta_in_unit")]

    def __str__(self) -> str:
        return f"{self.similarity} + {self.match} · {self.digest[:7]}"

    @property
    def proposed_theta(self) -> float | None:
        """The Θ that its own quantiles propose: nineteen in twenty right replies match their question that well."""
        return theta_of(self.quantiles.get("match"))

    def use(self) -> None:
        """Make it the current one: whoever goes back to earlier scorers sees their scores again."""
        self.used_at = timezone.now()
        self.save(update_fields=["used_at"])


class Profile(models.Model):
    """One revision of α, Θ and the acceptance threshold for a dataset and a scorer set. Revisions never change."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="profiles")
    scorer_set = models.ForeignKey(ScorerSet, on_delete=models.PROTECT, related_name="profiles")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    alpha = models.FloatField(default=ALPHA)
    theta = models.FloatField()
    threshold = models.FloatField(default=0.5, help_text="a final score from here on is acceptable")
    active = models.BooleanField(default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "scorer_set", "revision"], name="profile_revision_once"),
            models.UniqueConstraint(
                fields=["dataset", "scorer_set"], condition=Q(active=True), name="one_active_profile"
            ),
            models.CheckConstraint(condition=_in_unit("alpha", "theta", "threshold"), name="profile_in_unit"),
        ]

    def __str__(self) -> str:
        return f"α {self.alpha:g} · Θ {self.theta:g} · {self.threshold:g} (r{self.revision})"

    @property
    def parameters(self) -> Parameters:
        return Parameters(self.alpha, self.theta, self.threshold)


class Score(models.Model):
    """The components of a comparison by a scorer set; `final`, under `profile`, is stored to sort by."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="scores")
    scorer_set = models.ForeignKey(ScorerSet, on_delete=models.PROTECT, related_name="scores")
    similarity = models.FloatField(null=True)
    match_end = models.FloatField(null=True)
    match_cloud = models.FloatField(null=True)
    final = models.FloatField(null=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="scores")
    # Repeated from the comparison, because lists sorted by score are filtered by them.
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="scores", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="scores")
    kind = models.CharField(max_length=10, choices=Comparison.Kind)
    split = models.CharField(max_length=5, choices=Split)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        # No order by itself: for that SQLite would read a whole scorer set in the order of ids instead of a few
        # comparisons by their index.
        constraints = [
            models.UniqueConstraint(fields=["comparison", "scorer_set"], name="score_once_a_scorer_set"),
            models.CheckConstraint(condition=_in_unit(*STORED, "final"), name="score_in_unit"),
        ]
        indexes = [
            models.Index(fields=["dataset", "id"], name="score_in_order"),
            models.Index(fields=["scorer_set", "dataset", "kind", "final", "id"], name="score_of_dataset"),
            models.Index(fields=["scorer_set", "dataset", "kind", "version", "final", "id"], name="score_of_version"),
            models.Index(fields=["scorer_set", "dataset", "kind", "split", "final", "id"], name="score_of_split"),
        ]

    def __str__(self) -> str:
        return f"{self.final}"

    @property
    def parts(self) -> list[tuple[Any, float | None]]:
        """The label of each component with its value in [0, 1], None where it is unknown."""
        return [(component.label, getattr(self, name)) for name, component in STORED.items()]

    def final_under(self, parameters: Parameters) -> float:
        """NaN where it is unknown."""
        parts = [np.nan if part is None else part for part in (self.similarity, self.match_end, self.match_cloud)]
        similarity, match_end, match_cloud = parts
        return float(final_score(similarity, match_end, match_cloud, parameters.alpha, parameters.theta))

    @property
    def decision(self) -> Decision:
        """How Eq. 1 made the stored final score, under the profile that it is stored with."""
        return Decision(self.similarity, self.match_end, self.match_cloud, self.profile.parameters)

    @property
    def theta_rule(self) -> bool:
        """Whether Eq. 1 fell back to similarity alone, because even the reference matches the question poorly."""
        return self.match_cloud is not None and self.match_cloud < self.profile.theta


class ScoreJob(Job):
    """Score every comparison of a dataset that the configured scorer set has not scored yet."""

    task_name = "scoring.tasks.score_dataset"
    queue = "models"
    kind_name = _("Scoring")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="score_jobs")
    asked_again = models.BooleanField(default=False, help_text="somebody wanted more scores while it was at work")

    objects: ClassVar = ScoreJobQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [one_active_per("dataset", name="one_score_job_at_a_time")]

    def __str__(self) -> str:
        return _("Scoring %(dataset)s") % {"dataset": self.dataset}

    def must_wait(self) -> bool:
        """Scoring waits for the answers that are being produced."""
        return self.dataset.answer_jobs.active().exists()

    def follow_up(self) -> "ScoreJob | None":
        """The next job, where more was asked for meanwhile: this job may have missed newer comparisons."""
        asked = type(self).objects.filter(pk=self.pk, asked_again=True).exclude(state=self.State.CANCELLED)
        if asked.update(asked_again=False):
            return type(self).objects.ask(dataset=self.dataset, created_by=self.created_by)
        return None


class ProfileJob(Job):
    """Recompute the stored final scores of a dataset under its active profile, by which lists are sorted."""

    task_name = "scoring.tasks.apply_profile"
    kind_name = _("Final scores")
    starts_anew = True

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="profile_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("dataset", name="one_profile_job_at_a_time")]

    def __str__(self) -> str:
        return _("Final scores of %(dataset)s under its new profile") % {"dataset": self.dataset}


class Embedding(models.Model):
    """A scorer's result for a text or a pair of texts, cached across runs: rows may be deleted at any time."""

    key = models.BinaryField(max_length=32, help_text="SHA-256 of the scorer's identity and of what it read")
    numbers = models.BinaryField(help_text="a vector as float16, the score of a pair as float32")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="embedding_once")]

    def __str__(self) -> str:
        return f"{len(self.numbers)} bytes"
