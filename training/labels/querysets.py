"""Queries for labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When

if TYPE_CHECKING:
    from dialogues.models import Dataset
    from knowledge.models import Entry
    from review.models import Round
    from serving.models import Version

ORDER = ("person", "teacher", "corpus")  # sources, the best first
SENSE = 0.2  # similarity to the question: 85% of wordings written for it reach this, 5% of other questions do


class LabelQuerySet(models.QuerySet):
    def chosen(self) -> Self:
        return self.filter(chosen=True)

    def chosen_up_to(self, newest: int) -> Self:
        """Those that are chosen where only labels up to this id count."""
        known = self.filter(turn=OuterRef("turn"), pk__lte=newest)
        return self.filter(pk=Subquery(known.eligible().by_rank().values("pk")[:1]))

    def eligible(self) -> Self:
        """Those that may be chosen: neither rejected, nor of a verdict that a manager's decision has overruled."""
        return self.filter(rejected=False).exclude(revision__verdict__overruled=True)

    def taught(self, dataset: Dataset) -> Self:
        """What Teach learns from: the chosen replies of people in the train split."""
        return self.chosen().filter(dataset=dataset, source="person", split="train")

    def taught_by(self, round_: Round) -> Self:
        """What Teach learns from a round."""
        return self.chosen().filter(round=round_, source="person", split="train")

    def by_origin(self) -> dict[str, int]:
        """How many of people's labels are of each origin, where there are any."""
        counted = self.filter(source="person").order_by().values_list("origin").annotate(count=Count("pk"))
        return dict(counted)

    def of_entry(self, entry: Entry) -> Self:
        """What the entry became, or became the entry."""
        return self.filter(Q(entry=entry) | Q(revision__verdict__entry=entry))

    def may_leave(self) -> Self:
        """Those of dialogues that a model outside the shop may see."""
        return self.filter(turn__dialogue__never_leaves=False, dataset__never_leaves=False)

    def not_paraphrased_by(self, teacher: Version) -> Self:
        """Those that may leave and whose questions the teacher has not put in other words yet."""
        return self.may_leave().exclude(paraphrases__teacher=teacher)

    def by_rank(self) -> Self:
        """Person before teacher before corpus; what a manager decided or wrote before annotators; then the newest."""
        ranks = [When(source=source, then=Value(i)) for i, source in enumerate(ORDER)]
        decided = Q(source="person") & (Q(revision__adjudicates=True) | Q(revision__isnull=True))
        ranks.insert(0, When(decided, then=Value(-1)))
        return self.annotate(rank=Case(*ranks, output_field=IntegerField())).order_by("rank", "-created_at", "-id")

    def choose(self, turn_ids: Iterable[int]) -> None:
        """Mark the best eligible label of each turn as chosen; a turn that has none has none chosen."""
        turn_ids = list(turn_ids)
        with transaction.atomic():
            candidates = self.filter(turn__in=turn_ids).eligible().select_for_update(of=("self",)).by_rank()
            best: dict[int, int] = {}
            for turn, label in candidates.values_list("turn_id", "pk"):
                best.setdefault(turn, label)
            self.filter(turn__in=turn_ids, chosen=True).exclude(pk__in=best.values()).update(chosen=False)
            self.filter(pk__in=best.values(), chosen=False).update(chosen=True)


class ParaphraseQuerySet(models.QuerySet):
    def usable(self) -> Self:
        """Those that mean about what the question means."""
        return self.filter(similarity__gte=SENSE)

    def by_label(self) -> dict[int, list[str]]:
        """The texts by the id of their label."""
        found: dict[int, list[str]] = {}
        for label, text in self.order_by("id").values_list("label_id", "text"):
            found.setdefault(label, []).append(text)
        return found
