"""The stored components of a dataset's scores as arrays: what is tried on them needs neither a query nor a loop."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from django.db.models import CharField
from django.db.models.functions import Cast, Coalesce, Substr

from dialogues.models import Split
from ecc_site.core.columns import UTC_MINUTE, Column, codes, columns_of, ids, local_days, numbers
from ecc_site.core.language import Language
from scoring.fusion import COMPONENTS
from scoring.querysets import ScoreQuerySet

SPLITS = {value: code for code, value in enumerate(Split.values)}
LANGUAGES = {value: code for code, value in enumerate(Language.values)}
_MINUTE = Substr(Cast(Coalesce("comparison__turn__dialogue__ended_at", "created_at"), CharField()), 1, UTC_MINUTE)
COLUMNS: dict[str, Column] = {
    "ids": ("pk", ids),
    "versions": ("version_id", ids),
    "references": ("comparison__reference_id", ids),
    "turns": ("comparison__turn_id", ids),
    "dialogues": ("comparison__turn__dialogue_id", ids),
    **{name: (name, numbers) for name in COMPONENTS},
    "splits": ("split", codes(SPLITS)),
    "languages": ("comparison__turn__dialogue__language", codes(LANGUAGES)),
    "days": ("minute", local_days),
}


@dataclass(frozen=True)
class Columns:
    """One value for each score, (N,) each; NaN for a component that is unknown."""

    ids: np.ndarray  # int64
    versions: np.ndarray  # int64, as all that are named after a row: its id
    references: np.ndarray  # int64; two versions are compared over those that both have
    turns: np.ndarray  # int64
    dialogues: np.ndarray  # int64, for intervals
    similarity: np.ndarray  # float64 in [0, 1], as the two below
    match_end: np.ndarray
    match_cloud: np.ndarray
    splits: np.ndarray  # int8, codes of SPLITS
    languages: np.ndarray  # int8, codes of LANGUAGES
    days: np.ndarray  # datetime64[D]: when the conversation ended, or where that is unknown when it was scored

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self._all)

    @property
    def _all(self) -> list[np.ndarray]:
        return [getattr(self, field.name) for field in fields(self)]

    def of(self, chosen: np.ndarray) -> Self:
        """Those rows alone; `chosen` is a mask (N,) or the numbers of rows."""
        return type(self)(*(column[chosen] for column in self._all))

    def sorted(self) -> Self:
        """By version, in it by dialogue, in that by id: what belongs together is one stretch."""
        return self.of(np.lexsort((self.ids, self.dialogues, self.versions)))

    def with_newer(self, newer: Self) -> Self:
        """Both."""
        return type(self)(*(np.concatenate(pair) for pair in zip(self._all, newer._all, strict=True)))


def read(scores: ScoreQuerySet, after: int = 0) -> Columns:
    """The columns of these scores, of those with an id above `after` only."""
    return Columns(**columns_of(scores.filter(pk__gt=after).annotate(minute=_MINUTE), COLUMNS))
