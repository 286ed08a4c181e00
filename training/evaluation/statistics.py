"""What may be concluded from two lists of scores. Plain numpy and scipy, no Django."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 10_000
ROUNDING = 1e-9  # a smaller difference only shows that the same score was computed in another order
DRAWN_AT_ONCE = 2_000_000  # random numbers in memory


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% interval over `n` values; None where n is too small to tell."""

    mean: float | None
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        """The mean and, where it is known, the interval, with three decimals."""
        if self.mean is None:
            return "unknown"
        if self.low is None or self.high is None:
            return f"{self.mean:.3f}"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"

    def in_unit(self) -> Interval:
        """The same interval cut to [0, 1], where the mean of scores must lie."""
        if self.low is None or self.high is None:
            return self
        return Interval(self.mean, max(0.0, self.low), min(1.0, self.high), self.n)

    def lies_above(self, bound: float) -> bool:
        """Whether the whole interval does; False where it is unknown."""
        return self.low is not None and self.low > bound

    def lies_below(self, bound: float) -> bool:
        """Whether the whole interval does; False where it is unknown."""
        return self.high is not None and self.high < bound


@dataclass(frozen=True)
class Outcomes:
    """How many pairs got better, stayed the same and got worse."""

    wins: int
    ties: int
    losses: int


def mean_interval(values: ArrayLike) -> Interval:
    """Mean of the known values with Student's 95% interval; NaN stands for unknown and is left out."""
    from scipy.special import stdtrit

    known = _known(values)
    if len(known) == 0:
        return Interval(None, None, None, 0)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, None, None, 1)
    half = float(stdtrit(len(known) - 1, 0.975) * known.std(ddof=1) / np.sqrt(len(known)))
    return Interval(mean, mean - half, mean + half, len(known))


def paired_bootstrap(
    differences: ArrayLike, groups: Sequence[Hashable] | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Mean difference of pairs with its 95% percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    differences: shape (B,), NaN for an unknown pair. groups: B labels; the pairs of a group are drawn together, as the
    turns of a dialogue must be, since they are not independent. Without groups, every pair is drawn by itself.
    The same numbers and seed give the same interval.
    """
    differences = np.asarray(differences, dtype=float)
    known = ~np.isnan(differences)
    n = int(known.sum())
    if not n:
        return Interval(None, None, None, 0)
    labels = np.arange(len(differences)) if groups is None else np.asarray(groups)
    _, group = np.unique(labels[known], return_inverse=True)  # (n,), in 0 to G - 1
    sums = np.bincount(group, weights=differences[known])  # (G,)
    counts = np.bincount(group)  # (G,)
    means = _resampled_means(sums, counts, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(differences[known].mean()), float(low), float(high), n)


def _resampled_means(sums: np.ndarray, counts: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Means of `resamples` draws of G groups with replacement, shape (resamples,)."""
    rows = max(1, DRAWN_AT_ONCE // len(sums))
    means = []
    for start in range(0, resamples, rows):
        drawn = rng.integers(len(sums), size=(min(rows, resamples - start), len(sums)))  # (rows, G)
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)


def outcomes(differences: ArrayLike) -> Outcomes:
    """Counts the known differences by their sign; NaN stands for unknown and is left out."""
    known = _known(differences)
    wins, losses = int((known > ROUNDING).sum()), int((known < -ROUNDING).sum())
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
