"""Changing α, Θ and the threshold of a dataset: every revision is kept, and any of them can be taken again."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.core.conflicts import again_after_conflict
from scoring.models import Profile, ProfileJob, Score, ScorerSet
from scoring.querysets import ScoreQuerySet

AT_ONCE = 2_000  # rows of one statement, so that on SQLite other writers get their turn


@again_after_conflict
def change(
    dataset: Dataset,
    scorer_set: ScorerSet,
    by: User,
    *,
    alpha: float,
    theta: float,
    threshold: float,
    name: str = "",
    reason: str = "",
) -> Profile:
    """The new active revision. Stored final scores follow by a job."""
    values = {"alpha": alpha, "theta": theta, "threshold": threshold}
    profile = Profile.objects.revise(dataset, scorer_set, author=by, name=name, reason=reason, **values)
    ProfileJob.objects.enqueue_once(dataset=dataset, created_by=by)
    return profile


def take_again(earlier: Profile, by: User) -> Profile:
    """A new revision with the values of an earlier one."""
    values = {name: getattr(earlier, name) for name in ("alpha", "theta", "threshold", "name")}
    reason = _("revision %(revision)s again") % {"revision": earlier.revision}
    return change(earlier.dataset, earlier.scorer_set, by, **values, reason=reason)


def bring_final_scores_up_to_date(job: ProfileJob) -> None:
    """Work of a ProfileJob. Whatever profile becomes active meanwhile, the rows end under it."""
    profile, outdated = _outdated(job.dataset)
    job.set_total(outdated.count())
    while ids := list(outdated.values_list("pk", flat=True)[:AT_ONCE]):
        Score.objects.filter(pk__in=ids).refresh_final(profile)
        job.advance(done=len(ids))
        profile, outdated = _outdated(job.dataset)


def catch_up(dataset: Dataset) -> None:
    """Where scores were stored under a profile that has been replaced meanwhile, bring them up to date by a job."""
    if ScorerSet.objects.exists() and _outdated(dataset)[1].exists():
        ProfileJob.objects.enqueue_once(dataset=dataset)


def _outdated(dataset: Dataset) -> tuple[Profile, ScoreQuerySet]:
    profile = Profile.objects.active_for(dataset, ScorerSet.objects.current())
    return profile, Score.objects.outdated(profile)
