"""What people said of the end answers of a dataset, one value for each answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast, Coalesce, Substr

from dialogues.models import Dataset
from ecc_site.core.columns import UTC_MINUTE, Column, columns_of, flags, ids, local_days, numbers
from review.models import RoundItem, Verdict

DRAWN = 30  # from so many items on that were drawn at random, only these are counted
_ENDED = Coalesce("comparison__turn__dialogue__ended_at", "current__created_at")
COLUMNS: dict[str, Column] = {
    "revision": ("current_id", ids),
    "comparison": ("comparison_id", ids),
    "turn": ("comparison__turn_id", ids),
    "version": ("comparison__version_id", ids),
    "dialogue": ("comparison__turn__dialogue_id", ids),
    "accepted": ("current__end_acceptable", numbers),
    "decides": ("adjudicates", flags),
    "drawn": ("item__stratum", lambda column: np.array(column) == RoundItem.Stratum.RANDOM),
    "day": ("minute", local_days),
}


@dataclass(frozen=True)
class Reviewed:
    """Answers that people reviewed, (N,) each, by version and in that by dialogue."""

    versions: np.ndarray
    dialogues: np.ndarray
    turns: np.ndarray
    days: np.ndarray  # when the conversation ended, or where that is unknown when it was reviewed
    accepted: np.ndarray  # share of the people who accepted it; what a manager decided, where one did
    drawn: np.ndarray  # at random, and not chosen for its score

    def __len__(self) -> int:
        return len(self.versions)

    def of(self, chosen: np.ndarray) -> Self:
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def representative(self) -> Self:
        """Those that were drawn at random, where there are enough: what was picked for a low score says less of all."""
        return self.of(self.drawn) if np.count_nonzero(self.drawn) >= DRAWN else self


def verdicts_on(dataset: Dataset) -> QuerySet[Verdict]:
    """Active ones that follow from no other verdict, without items whose verdict was known before."""
    given = Verdict.objects.active().filter(round__dataset=dataset, current__propagated=False)
    return given.exclude(item__stratum=RoundItem.Stratum.GOLD)


def reviewed(dataset: Dataset) -> Reviewed:
    """All of them, in one query."""
    minute = Substr(Cast(_ENDED, CharField()), 1, UTC_MINUTE)
    return _by_answer(columns_of(verdicts_on(dataset).annotate(minute=minute), COLUMNS))


def _by_answer(said: dict[str, np.ndarray]) -> Reviewed:
    order = np.lexsort((said["revision"], said["comparison"], said["dialogue"], said["version"]))
    said = {name: column[order] for name, column in said.items()}
    if not len(order):
        return Reviewed(*(said[name] for name in ("version", "dialogue", "turn", "day", "accepted", "drawn")))
    is_first = np.concatenate([[True], said["comparison"][1:] != said["comparison"][:-1]])
    answer = np.cumsum(is_first) - 1
    first = np.flatnonzero(is_first)
    return Reviewed(
        said["version"][first],
        said["dialogue"][first],
        said["turn"][first],
        said["day"][first],
        _accepted(answer, said["accepted"], said["decides"]),
        said["drawn"][first],
    )


def _accepted(answer: np.ndarray, accepted: np.ndarray, decides: np.ndarray) -> np.ndarray:
    """Of each answer, by its number from 0 in the order of the verdicts."""
    opinions = np.bincount(answer, weights=~decides)
    shares = np.bincount(answer, weights=accepted * ~decides) / np.maximum(opinions, 1)
    shares[answer[decides]] = accepted[decides]  # of several decisions the last, which is the newest
    return shares
