"""Questions to labels."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Case, IntegerField, Value, When

ORDER = ("person", "teacher", "corpus")


class LabelQuerySet(models.QuerySet):
    def chosen(self):
        return self.filter(chosen=True)

    def by_rank(self):
        """Person over teacher over corpus, what was said last first among equals."""
        ranks = [When(source=source, then=Value(i)) for i, source in enumerate(ORDER)]
        return self.annotate(rank=Case(*ranks, output_field=IntegerField())).order_by("rank", "-created_at", "-id")

    def choose(self, turn_ids) -> None:
        """Let the best label of each turn win; a turn whose labels are all rejected has none."""
        with transaction.atomic():
            candidates = self.filter(turn__in=turn_ids, rejected=False).select_for_update().by_rank()
            best: dict[int, int] = {}
            for turn, label in candidates.values_list("turn_id", "pk"):
                best.setdefault(turn, label)
            self.filter(turn__in=turn_ids, chosen=True).exclude(pk__in=best.values()).update(chosen=False)
            self.filter(pk__in=best.values(), chosen=False).update(chosen=True)
