"""Queries for jobs of every kind, and how those whose worker died are found and queued again."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from ecc_site.core.jobs import Job

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5  # at the same point
JobType = TypeVar("JobType", bound="Job")


class JobQuerySet(models.QuerySet[JobType]):
    def active(self) -> Self:
        """Waiting or running."""
        return self.filter(state__in=["queued", "running"])

    def create_once(self, **values: Any) -> JobType | None:
        """A new job; None if one for the same things is waiting or running (see one_active_per)."""
        try:
            with transaction.atomic():
                return self.create(**values)
        except IntegrityError:
            return None

    def enqueue_once(self, **values: Any) -> JobType | None:
        """Like create_once, and the new job is sent to its queue."""
        job = self.create_once(**values)
        if job:
            job.enqueue()
        return job

    def lost(self) -> Self:
        """Running, but without a heartbeat for so long that the worker must be dead."""
        return self.filter(_far_from_now("heartbeat_at", settings.JOB_SILENCE_S), state="running")

    def without_progress(self) -> Self:
        """Those whose last attempt did nothing."""
        return self.filter(done_before__gte=F("done") + F("skipped"))

    def unsent(self) -> Self:
        """Waiting for so long that the message may have been lost."""
        return self.filter(_far_from_now("sent_at", settings.JOB_RESEND_S), state="queued")

    def reap(self) -> None:
        """Queue lost jobs again, or fail them after MAX_ATTEMPTS without progress, and send unsent ones again."""
        hopeless = self.lost().without_progress().filter(attempts__gte=MAX_ATTEMPTS)
        sentence = f"The worker died {MAX_ATTEMPTS} times at the same point; what it had finished before is kept."
        hopeless.update(state="failed", error=sentence, ended_at=timezone.now(), token=None)
        for job in self.lost():
            requeued = self.lost().filter(pk=job.pk).update(state="queued", token=None)
            if requeued:
                logger.warning("%s %s: its worker has no heartbeat, queued again", job._meta.label, job.pk)
                job.send()
        for job in self.unsent():
            job.send()


def _far_from_now(field: str, seconds: float) -> Q:
    """Longer ago than that, or as far in the future: a clock that was set back must not hide a dead worker."""
    now, away = timezone.now(), timedelta(seconds=seconds)
    return Q(**{f"{field}__lt": now - away}) | Q(**{f"{field}__gt": now + away})
