"""Each version's mean final score over all α, and over all Θ, while the other stays.

For a given Θ the sum of the final scores is a straight line in α; and as Θ grows, rows fall under its rule one after
another, in the order of their reference match. So a few sums by steps of Θ, taken once, give all points of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.groups import Groups

STEPS = np.round(np.linspace(0, 1, 101), 2)


@dataclass(frozen=True)
class Curves:
    """Sums and counts (V, len(STEPS)) over the rows to which the rule applies at each step, and those to which not."""

    by_similarity: np.ndarray
    known_by_similarity: np.ndarray
    similarity: np.ndarray
    match: np.ndarray
    known_by_both: np.ndarray

    @classmethod
    def of(cls, columns: Columns, groups: Groups) -> Self:
        rows = [_sums(columns, stretch) for stretch in groups.stretches]
        return cls(*np.array(rows).reshape(len(rows), 5, len(STEPS)).transpose(1, 0, 2))

    def over_theta(self, alpha: float) -> np.ndarray:
        """Means (V, len(STEPS)) at each Θ of STEPS, NaN where no score is known."""
        return self._means(alpha, slice(None))

    def over_alpha(self, theta: float) -> np.ndarray:
        """Means (V, len(STEPS)) at each α of STEPS; Θ is taken at the nearest of STEPS, as sliders have it."""
        step = int(np.argmin(np.abs(STEPS - theta)))
        return np.stack([self._means(alpha, step) for alpha in STEPS], axis=-1)

    def _means(self, alpha: float, step: slice | int) -> np.ndarray:
        sums = self.by_similarity + alpha * self.similarity + (1 - alpha) * self.match
        with np.errstate(invalid="ignore", divide="ignore"):
            return sums[:, step] / (self.known_by_similarity + self.known_by_both)[:, step]


def _sums(columns: Columns, stretch: slice) -> list[np.ndarray]:
    similarity, match_end = columns.similarity[stretch], columns.match_end[stretch]
    match_cloud = columns.match_cloud[stretch]
    # The first step at which the rule applies: match_cloud < Θ. Unknown ones sort behind all steps, and are in no sum.
    first = np.searchsorted(STEPS, match_cloud, side="right")
    known = ~np.isnan(match_cloud) & ~np.isnan(similarity)
    both = known & ~np.isnan(match_end)
    return [
        _passed(first, similarity, known),
        _passed(first, None, known),
        _to_come(first, similarity, both),
        _to_come(first, match_end, both),
        _to_come(first, None, both),
    ]


def _by_step(first: np.ndarray, values: np.ndarray | None, where: np.ndarray) -> np.ndarray:
    weights = None if values is None else values[where]
    return np.bincount(first[where], weights=weights, minlength=len(STEPS) + 1)[: len(STEPS) + 1].astype(float)


def _passed(first: np.ndarray, values: np.ndarray | None, where: np.ndarray) -> np.ndarray:
    """The sum, or the count, over the rows to which the rule applies at each step."""
    return np.cumsum(_by_step(first, values, where))[:-1]


def _to_come(first: np.ndarray, values: np.ndarray | None, where: np.ndarray) -> np.ndarray:
    """That over the rows to which it does not."""
    by_step = _by_step(first, values, where)
    return (by_step.sum() - np.cumsum(by_step))[:-1]
