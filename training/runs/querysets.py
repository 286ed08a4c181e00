"""Queries for runs and their loss curves."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Max

from dialogues.models import Turn
from ecc_site.core.batching import batched
from ecc_site.core.job_queryset import JobQuerySet

if TYPE_CHECKING:
    from training.runs.models import Run

POINT = ("step", "loss", "dev_loss")


class RunQuerySet(JobQuerySet):
    """The queries of every job, and the order of the queue."""

    def waiting(self) -> Self:
        """Queued runs, the next first."""
        return self.filter(state="queued").order_by("position", "id")

    def last_position(self) -> int:
        """Of the queued runs; 0 where none is queued."""
        return self.filter(state="queued").aggregate(last=Max("position"))["last"] or 0


class LossPointQuerySet(models.QuerySet):
    def copy(self, run: Run) -> None:
        """Give another run the same points."""
        self.bulk_create([self.model(run=run, **point) for point in self.values(*POINT)], batch_size=1000)


class LearnedTurnQuerySet(models.QuerySet):
    def record(self, run: Run, turn_ids: Collection[int]) -> None:
        """Note what the run learns; again, after it was resumed, changes nothing."""
        for ids in batched(sorted(set(turn_ids))):
            dialogues = Turn.objects.filter(pk__in=ids).values_list("pk", "dialogue_id")
            rows = [self.model(run=run, turn_id=turn, dialogue_id=dialogue) for turn, dialogue in dialogues]
            self.bulk_create(rows, ignore_conflicts=True)
