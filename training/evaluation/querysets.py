"""Which candidates a frozen set has assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models, transaction

from dialogues.models import EvalSet
from serving.models import Version

if TYPE_CHECKING:
    from training.evaluation.models import Assessment

ATTEMPTS = 20  # at taking the next number, while others take it


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def on(self, eval_set: EvalSet, kind: str) -> Self:
        """Assessed on the set, or on another one of the same dataset's test turns and kind of reference."""
        return self.filter(dataset=eval_set.dataset_id, kind=kind)

    def last_number(self) -> int:
        """How many were assessed; of those `on` one set."""
        return self.order_by("-number").values_list("number", flat=True).first() or 0

    def number_of(self, candidate: Version, champion: Version) -> int | None:
        """Of those `on` one set: the candidate's number, None while it has not been assessed."""
        return self.filter(candidate=candidate, champion=champion).values_list("number", flat=True).first()

    def add(self, candidate: Version, champion: Version, eval_set: EvalSet, kind: str) -> int:
        """The candidate's number on the set, the next one where it has none yet; two at once get two numbers."""
        assessed = self.on(eval_set, kind)
        for _ in range(ATTEMPTS):
            known = assessed.number_of(candidate, champion)
            if known:
                return known
            values = {"eval_set": eval_set, "dataset_id": eval_set.dataset_id, "kind": kind}
            try:
                with transaction.atomic():
                    number = assessed.last_number() + 1
                    self.create(candidate=candidate, champion=champion, number=number, **values)
            except IntegrityError:
                continue  # another process has just taken this number, or assessed the same candidate
        raise RuntimeError(f"No number was free for {candidate} in {ATTEMPTS} attempts.")
