"""The newest answers of a scope as columns. What they cost does not grow with the number of scores: see read()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from dialogues.models import Comparison
from ecc_site.core.columns import Column, converted, ids, numbers
from ecc_site.watch.material.newest import Newest
from ecc_site.watch.material.scope import LEAST_DIALOGUES, Scope, Window
from scoring.fusion import COMPONENTS
from scoring.models import Profile, ScorerSet
from scoring.parameters import Parameters

WINDOW = Window(size=500, baseline=2_000, least=150)


def _as_they_are(column: Sequence[Any]) -> np.ndarray:
    return np.array(column, dtype=object)


COLUMNS: dict[str, Column] = {
    "ids": ("pk", ids),
    "dialogues": ("turn__dialogue_id", ids),
    "turns": ("turn_id", ids),
    "ends": ("end_id", ids),
    "texts": ("end__text", _as_they_are),
    "finish_reasons": ("end__finish_reason", _as_they_are),
    "moments": ("moment", _as_they_are),
    **{name: (f"score__{name}", numbers) for name in COMPONENTS},
}


@dataclass(frozen=True)
class Answers(Newest):
    """End answers; NaN for a component that is unknown. Their moment is when the conversation ended, or where that is
    unknown when it was compared.
    """

    ids: np.ndarray  # of comparisons
    dialogues: np.ndarray
    turns: np.ndarray
    ends: np.ndarray
    texts: np.ndarray
    finish_reasons: np.ndarray
    similarity: np.ndarray
    match_end: np.ndarray
    match_cloud: np.ndarray

    @property
    def has_enough(self) -> bool:
        """Whether they are of so many dialogues that these tell how dialogues differ."""
        return len(np.unique(self.dialogues)) >= LEAST_DIALOGUES


class AnswerMaterial:
    """The newest window of answers, and those before it.

    baseline_before: where a drop lasts, the first row of the window in which it was found: what came since is no
    baseline, else a drop would end by becoming one. Where what is old was erased and too little of it is left, the
    baseline is the usual one.
    """

    window = WINDOW

    def __init__(self, scope: Scope, baseline_before: int | None = None):
        self.scope, self.baseline_before = scope, baseline_before

    @cached_property
    def newest_ids(self) -> list[int]:
        """Ids of the comparisons in both, the newest first."""
        newest = self._rows.values_list("pk", flat=True)
        return list(newest[: WINDOW.size + WINDOW.baseline])

    @property
    def has_enough(self) -> bool:
        return len(self.newest_ids) >= WINDOW.least

    @cached_property
    def recent(self) -> Answers:
        return self.between(self.newest_ids[self._size - 1], self.newest_ids[0])

    @cached_property
    def baseline(self) -> Answers:
        kept = self._before(self.baseline_before) if self.baseline_before else None
        return kept if kept and kept.has_enough else self._before(self.newest_ids[self._size - 1])

    def _before(self, row: int) -> Answers:
        return read(self._rows.filter(pk__lt=row)[: WINDOW.baseline], self._scorer_set)

    def between(self, first: int, last: int) -> Answers:
        """Those of a window that was measured."""
        return read(self._rows.filter(pk__gte=first, pk__lte=last)[: WINDOW.size], self._scorer_set)

    @cached_property
    def parameters(self) -> Parameters | None:
        """Of the active profile, under which both are scored; None before anything was scored."""
        if self._scorer_set is None:
            return None
        return Profile.objects.active_for(self.scope.dataset, self._scorer_set).parameters

    def finals(self, of: Answers) -> np.ndarray:
        """Final scores, shape (N,), NaN where unknown."""
        return self.parameters.final(of) if self.parameters else np.full(len(of), np.nan)

    @property
    def _rows(self) -> QuerySet[Comparison]:
        return Comparison.objects.filter(**self.scope.filter).order_by("-pk")

    @property
    def _size(self) -> int:
        return WINDOW.size_of(len(self.newest_ids))

    @cached_property
    def _scorer_set(self) -> ScorerSet | None:
        return ScorerSet.objects.current()


def read(comparisons: QuerySet[Comparison], scorer_set: ScorerSet | None) -> Answers:
    """One query along an index of comparisons, the newest first, however many the dataset has."""
    rows = comparisons.annotate(
        score=FilteredRelation("scores", condition=Q(scores__scorer_set=scorer_set)),
        moment=Coalesce("turn__dialogue__ended_at", "created_at"),
    )
    return Answers(**converted(list(rows.values_list(*(path for path, _ in COLUMNS.values()))), COLUMNS))
