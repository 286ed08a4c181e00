"""Questions to runs and their loss curves."""

from __future__ import annotations

from django.db import models
from django.db.models import Max

from ecc_site.core.jobs import JobQuerySet

POINT = ("step", "loss", "dev_loss")


class RunQuerySet(JobQuerySet):
    """The questions of every job, and the order of the queue."""

    def waiting(self):
        return self.filter(state="queued").order_by("position", "id")

    def last_position(self) -> int:
        return self.filter(state="queued").aggregate(last=Max("position"))["last"] or 0


class LossPointQuerySet(models.QuerySet):
    def copy(self, run) -> None:
        """Give these points to another run too."""
        self.bulk_create([self.model(run=run, **point) for point in self.values(*POINT)], batch_size=1000)
