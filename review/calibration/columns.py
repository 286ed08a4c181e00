"""Columns of scored replies and of verdicts about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from dialogues.models import Split
from ecc_site.core.columns import Column, codes, flags, ids, numbers
from ecc_site.core.language import Language
from review.calibration.estimating.figures import Opinions
from review.models import RoundItem, VerdictRevision
from scoring.fusion import COMPONENTS
from scoring.parameters import Parameters

OUTCOMES: dict[str, float] = {  # of the end answer, by what a person preferred
    VerdictRevision.Preference.END: 1.0,
    VerdictRevision.Preference.TIE: 0.5,
    VerdictRevision.Preference.REFERENCE: 0.0,
    VerdictRevision.Preference.BOTH_BAD: 0.0,
}
SIDES: dict[str, float] = {  # which side a person preferred: above 0 the end answer, below 0 the reference
    VerdictRevision.Preference.END: 1.0,
    VerdictRevision.Preference.TIE: 0.0,
    VerdictRevision.Preference.REFERENCE: -1.0,
    VerdictRevision.Preference.BOTH_BAD: 0.0,
}
SPLITS = tuple(Split.values)
LANGUAGES = tuple(Language.values)
STRATA = tuple(RoundItem.Stratum.values)


@dataclass(frozen=True)
class Replies:
    """Columns of N scored comparisons; ids are those of the database, NaN is unknown."""

    comparison: np.ndarray
    turn: np.ndarray
    dialogue: np.ndarray
    version: np.ndarray
    split: np.ndarray  # index in SPLITS
    language: np.ndarray  # index in LANGUAGES
    similarity: np.ndarray
    match_end: np.ndarray
    match_cloud: np.ndarray

    def __len__(self) -> int:
        return len(self.comparison)

    def at(self, places: np.ndarray) -> Replies:
        """Those at these positions, or that a mask chooses."""
        return Replies(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    def final(self, parameters: Parameters) -> np.ndarray:
        """Eq. 1, shape (N,)."""
        return parameters.final(self)


@dataclass(frozen=True)
class VerdictColumns:
    """Columns of M verdicts, of each person at most one about a reply, the newest."""

    item: np.ndarray  # position among the replies
    person: np.ndarray
    round: np.ndarray
    stratum: np.ndarray  # index in STRATA
    outcome: np.ndarray  # OUTCOMES
    side: np.ndarray  # SIDES
    accepted: np.ndarray
    reference_accepted: np.ndarray
    is_default: np.ndarray  # acceptability followed from the one key
    rating: np.ndarray  # 1 to 5, NaN where none was given
    in_sight: np.ndarray  # the scores were, when the verdict was given or last changed

    def __len__(self) -> int:
        return len(self.item)

    def where(self, chosen: np.ndarray) -> VerdictColumns:
        return VerdictColumns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def opinions(self, name: str = "accepted") -> Opinions:
        """Of the known values of `accepted`, `outcome`, `side` or `rating`."""
        values = np.asarray(getattr(self, name), dtype=float)
        known = ~np.isnan(values)
        return Opinions(self.item[known], self.person[known], values[known])


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


def _valued(values: Mapping[str, float]) -> Callable[[Sequence[str]], np.ndarray]:
    return lambda column: np.array([values[name] for name in column], dtype=float)


REPLIES: dict[str, Column] = {
    "comparison": ("comparison_id", ids),
    "turn": ("comparison__turn_id", ids),
    "dialogue": ("comparison__turn__dialogue_id", ids),
    "version": ("version_id", ids),
    "split": ("split", codes(_numbered(SPLITS))),
    "language": ("comparison__turn__dialogue__language", codes(_numbered(LANGUAGES))),
    **{name: (name, numbers) for name in COMPONENTS},
}
VERDICT_COLUMNS: dict[str, Column] = {
    "verdict": ("pk", ids),
    "comparison": ("comparison_id", ids),
    "person": ("annotator_id", ids),
    "round": ("round_id", ids),
    "stratum": ("item__stratum", codes(_numbered(STRATA))),
    "outcome": ("current__preference", _valued(OUTCOMES)),
    "side": ("current__preference", _valued(SIDES)),
    "accepted": ("current__end_acceptable", numbers),
    "reference_accepted": ("current__reference_acceptable", numbers),
    "is_default": ("current__acceptable_is_default", flags),
    "rating": ("current__rating", numbers),
    "in_sight": ("current__scores_seen", flags),
}
