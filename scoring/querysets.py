"""Queries for scores and profiles. Scores of different scorer sets or kinds of reference are never combined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F

from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.models import Act, AuditEntry
from scoring.fusion import ALPHA

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from dialogues.models import Dataset
    from dialogues.querysets import ComparisonQuerySet
    from scoring.models import Profile, Score, ScorerSet
    from serving.models import Version


class ScorerSetQuerySet(models.QuerySet["ScorerSet"]):
    def latest_first(self) -> Self:
        """In the order of their latest use; those that have not scored anything come last, the newest of them first."""
        return self.order_by(F("used_at").desc(nulls_last=True), "-id")

    def current(self) -> ScorerSet | Any:  # Any: where something was scored nobody needs to ask whether there is one
        """The scorer set that scored last, None before there is any."""
        return self.latest_first().first()


class ProfileQuerySet(models.QuerySet["Profile"]):
    def active_for(self, dataset: Dataset | None, scorer_set: ScorerSet) -> Profile:
        """The active profile, created with the paper's defaults and the scorer set's Θ where there is none."""
        both = {"dataset": dataset, "scorer_set": scorer_set}
        active = self.filter(**both, active=True)
        if profile := active.first():
            return profile
        # Of two who ask at once one makes it; and what somebody saves at that moment stays.
        self.get_or_create(**both, revision=1, defaults={"theta": scorer_set.theta, "reason": "default"})
        return active.get()

    def revise(
        self,
        dataset: Dataset,
        scorer_set: ScorerSet,
        *,
        alpha: float = ALPHA,
        theta: float | None = None,
        threshold: float = 0.5,
        author: User | None = None,
        name: str = "",
        reason: str = "",
    ) -> Profile:
        """Create the next revision and make it active. `theta` None takes the scorer set's own.

        Final scores that are stored follow by a ProfileJob; what is worked out from components has them at once.
        """
        with transaction.atomic():
            revisions = self.select_for_update().filter(dataset=dataset, scorer_set=scorer_set)
            last = revisions.order_by("-revision").first()
            revisions.filter(active=True).update(active=False)
            profile = self.create(
                dataset=dataset,
                scorer_set=scorer_set,
                revision=last.revision + 1 if last else 1,
                alpha=alpha,
                theta=scorer_set.theta if theta is None else theta,
                threshold=threshold,
                author=author,
                name=name,
                reason=reason,
            )
            if last:  # the first one only fills in the defaults
                detail = f"{profile} · {reason}" if reason else str(profile)
                AuditEntry.objects.record(Act.REVISED_PROFILE, dataset, by=author, detail=detail)
            return profile


class ScoreQuerySet(models.QuerySet["Score"]):
    def of(
        self,
        scorer_set: ScorerSet | int | None,
        dataset: Dataset | int,
        kind: str,
        *,
        version: Version | None = None,
        split: str = "",
    ) -> Self:
        """The scores that may be averaged together: one scorer set, one dataset, one kind of reference."""
        narrowed = {name: value for name, value in (("version", version), ("split", split)) if value}
        return self.filter(scorer_set=scorer_set, dataset=dataset, kind=kind, **narrowed)

    def in_range(self, low: float | None, high: float | None) -> Self:
        """Known final scores by the current scorer set under the active profiles; None is no limit."""
        current = apps.get_model("scoring", "ScorerSet").objects.current()
        limits = {"final__gte": 0.0 if low is None else low, "final__lte": 1.0 if high is None else high}
        return self.filter(scorer_set=current, profile__active=True, **limits)

    def kinds_of(self, dataset: Dataset, scorer_set: ScorerSet | None) -> dict[str, int]:
        """How many scores a dataset has for each kind of reference."""
        rows = self.filter(scorer_set=scorer_set, dataset=dataset).values("kind").annotate(count=Count("id"))
        return dict(rows.order_by("kind").values_list("kind", "count"))

    def most_recent_choice(self) -> dict[str, Any]:
        """Dataset and kind of reference of the newest score: where the score page starts. Empty without scores."""
        return self.order_by("-id").values("dataset", "kind").first() or {}

    def with_texts(self) -> Self:
        """With the question and both answers."""
        return self.select_related("comparison__end", "comparison__reference", "comparison__turn", "version", "profile")

    def outdated(self, profile: Profile) -> Self:
        """Those of the profile's dataset and scorer set whose final score is of another revision."""
        others = apps.get_model("scoring", "Profile").objects.filter(
            dataset=profile.dataset, scorer_set=profile.scorer_set
        )
        return self.filter(profile__in=others.exclude(pk=profile.pk).values("pk"))

    def refresh_final(self, profile: Profile) -> int:
        """Recompute the final scores that are stored in these rows; returns how many there were."""
        from scoring.fusion_sql import final_expression

        return self.update(final=final_expression(profile.alpha, profile.theta), profile=profile)


class ScoreJobQuerySet(JobQuerySet):
    def reap(self) -> None:
        """Also make the follow-up of a job whose worker died after its end and before that."""
        super().reap()
        for job in self.filter(asked_again=True, state__in=["done", "failed"]):
            job.follow_up()  # type: ignore[attr-defined]

    def ask(self, *, dataset: Dataset, **values: Any) -> Any:
        """Make sure that everything unscored now will be scored: by a new job, or by a follow-up of the running job.

        Returns the new job, None where a job is already queued or running.
        """
        while True:
            job = self.enqueue_once(dataset=dataset, **values)
            mine = self.filter(dataset=dataset)
            if job or mine.filter(state="queued").exists() or mine.filter(state="running").update(asked_again=True):
                return job
            # The job that was in the way has ended meanwhile.


def unscored(comparisons: ComparisonQuerySet, scorer_set: ScorerSet) -> ComparisonQuerySet:
    """The comparisons that this scorer set has not scored."""
    scores = apps.get_model("scoring", "Score").objects.filter(comparison=models.OuterRef("pk"), scorer_set=scorer_set)
    return comparisons.filter(~models.Exists(scores))
