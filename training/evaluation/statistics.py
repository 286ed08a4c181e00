"""What may be concluded from two lists of scores. Plain numpy and scipy, no Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 10_000
SAME = 1e-9  # scores that differ by less are one score, computed in another order
BLOCK = 2_000_000  # random numbers held at a time


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% interval over `n` values; None where n is too small to tell."""

    mean: float | None
    low: float | None
    high: float | None
    n: int

    def in_unit(self) -> Interval:
        """The same cut to [0, 1], where the mean of scores must lie."""
        if self.low is None:
            return self
        return Interval(self.mean, max(0.0, self.low), min(1.0, self.high), self.n)


@dataclass(frozen=True)
class Outcomes:
    wins: int
    ties: int
    losses: int


def mean_interval(values: ArrayLike) -> Interval:
    """Mean of the known values with Student's 95% interval; NaN stands for unknown and enters nothing."""
    from scipy.special import stdtrit

    known = _known(values)
    if not len(known):
        return Interval(None, None, None, 0)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, None, None, 1)
    half = float(stdtrit(len(known) - 1, 0.975) * known.std(ddof=1) / np.sqrt(len(known)))
    return Interval(mean, mean - half, mean + half, len(known))


def paired_bootstrap(
    differences: ArrayLike, groups: Sequence | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Mean difference of pairs with its 95% percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    differences: shape (B,), NaN for an unknown pair. groups: B labels; pairs of one group are drawn together, as the
    turns of one dialogue have to be, since they are not independent. None draws every pair by itself.
    The same numbers and seed give the same interval.
    """
    differences = np.asarray(differences, dtype=float)
    known = ~np.isnan(differences)
    n = int(known.sum())
    if not n:
        return Interval(None, None, None, 0)
    labels = np.arange(len(differences)) if groups is None else np.asarray(groups)
    _, owner = np.unique(labels[known], return_inverse=True)
    sums = np.bincount(owner, weights=differences[known])  # (G,)
    counts = np.bincount(owner)  # (G,)
    means = _resampled_means(sums, counts, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(differences[known].mean()), float(low), float(high), n)


def _resampled_means(sums: np.ndarray, counts: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Means of `resamples` draws of G groups with replacement, shape (resamples,)."""
    rows = max(1, BLOCK // len(sums))
    means = []
    for start in range(0, resamples, rows):
        drawn = rng.integers(len(sums), size=(min(rows, resamples - start), len(sums)))  # (rows, G)
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)


def outcomes(differences: ArrayLike) -> Outcomes:
    """How many known pairs got better, stayed as they were, got worse."""
    known = _known(differences)
    wins, losses = int((known > SAME).sum()), int((known < -SAME).sum())
    return Outcomes(wins, len(known) - wins - losses, losses)


def mcnemar_exact(only_before: int, only_after: int) -> float:
    """Two-sided p of McNemar's exact test, in (0, 1] (McNemar 1947).

    The two counts are the discordant pairs: acceptable before alone, acceptable after alone. 1.0 where there are none.
    """
    from scipy.stats import binomtest  # takes about a second to load, and web pages import this module

    discordant = only_before + only_after
    return float(binomtest(only_before, discordant).pvalue) if discordant else 1.0


def _known(values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float).ravel()
    return array[~np.isnan(array)]
