"""Figures that a job works out and a row keeps: how old they are, and when they are worked out again.

By a button, and by themselves where a manager opens them and they are stale: when a twentieth of the verdicts, or after
an hour any, were given or changed since.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.jobs import Job
from review.models import Verdict

SHARE = 0.05  # of the verdicts
AGE = timedelta(hours=1)
Found = TypeVar("Found")
JobType = TypeVar("JobType", bound=Job)


@dataclass(frozen=True)
class Shown(Generic[Found]):
    """found: None where nothing is known yet. at: when it was worked out, None where that was for this page. since:
    verdicts that were given or changed after it; has_more: there are more than these, which are not counted.
    """

    found: Found | None
    at: datetime | None = None
    since: int = 0
    has_more: bool = False
    is_stale: bool = False


def kept_figures(found: Found, at: datetime, verdict_count: int, later: QuerySet[Verdict]) -> Shown[Found]:
    """later: the verdicts that were given or changed since, of which no more are counted than tell the age."""
    enough = max(1, math.ceil(SHARE * verdict_count))
    since = later.order_by().values("pk")[: enough + 1].count()
    is_stale = since >= enough or (since > 0 and timezone.now() - at > AGE)
    return Shown(found, at, min(since, enough), since > enough, is_stale)


def job_beside(jobs: JobQuerySet[JobType], is_stale: bool, **values: Any) -> JobType | None:
    """The job to show beside the figures: one at work, started here if they are stale, or the last if it failed.

    One that failed or was cancelled is not started again by itself for an hour. jobs: of the same work, the newest
    first; values: of a new one.
    """
    last = jobs.first()
    rests = last and last.can_resume and last.ended_at and timezone.now() - last.ended_at < AGE
    if is_stale and not rests and not (last and last.is_active):
        last = jobs.enqueue_once(**values) or jobs.all().first()
    return last if last and (last.is_active or last.state == Job.State.FAILED) else None
