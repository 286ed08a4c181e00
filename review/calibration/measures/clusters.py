"""Means of values that come in clusters, as turns come in dialogues. Plain numpy and scipy, no Django."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from review.agreement.measures.estimates import LEVEL
from review.calibration.measures.intervals import Interval


@dataclass(frozen=True)
class Clusters:
    """`deviations`, shape (G,): what each cluster adds to the error of the mean; their squares sum to its variance.

    The variance is CR2 of Bell and McCaffrey (2002), and `freedom` are their degrees of freedom: for a mean both have a
    closed form. With clusters of one size this is Student's interval of the cluster means, with G - 1. A value of
    weight w counts as w equal values of its cluster.
    """

    mean: float
    deviations: np.ndarray
    freedom: float
    n: int

    @classmethod
    def of(
        cls, values: np.ndarray, groups: Sequence[Hashable] | np.ndarray, weights: np.ndarray | None = None
    ) -> Clusters:
        """values: shape (B,), all known; groups: B labels, at least two different ones; weights: shape (B,), above 0.

        Deviations are in the order of the labels.
        """
        _, group = np.unique(np.asarray(groups), return_inverse=True)  # (B,), in 0 to G - 1
        weighed = np.ones(len(values)) if weights is None else weights
        sums, counts = np.bincount(group, weights=weighed * values), np.bincount(group, weights=weighed)  # (G,)
        n = float(weighed.sum())
        mean = float(sums.sum() / n)
        left = 1 - counts / n  # share of the weight in the other clusters
        deviations = (sums - counts * mean) / (n * np.sqrt(left))
        pulls = counts**2 / (n * left)
        freedom = n**2 / float((counts**2).sum() + pulls.sum() ** 2 - (pulls**2).sum())
        return cls(mean, deviations, freedom, len(values))

    @property
    def variance(self) -> float:
        """Of the mean."""
        return float((self.deviations**2).sum())


def clustered_mean(
    values: ArrayLike, groups: Sequence[Hashable] | np.ndarray | None = None, level: float = LEVEL
) -> Interval:
    """Mean of the known values with its two-sided interval; the values of a group may depend on each other.

    values: shape (B,), NaN for unknown. groups: B labels; without them every value is a group of its own.
    The interval is None where fewer than two groups have a known value.
    """
    array = np.asarray(values, dtype=float)
    labels = np.arange(len(array)) if groups is None else np.asarray(groups)
    known = ~np.isnan(array)
    n = int(known.sum())
    if not n:
        return Interval(None, None, None, 0, level)
    if len(np.unique(labels[known])) < 2:
        return Interval(float(array[known].mean()), None, None, n, level)
    found = Clusters.of(array[known], labels[known])
    return t_interval(found.mean, found.variance, found.freedom, n, level)


def t_interval(mean: float, variance: float, freedom: float, n: int, level: float) -> Interval:
    """Student's interval around a mean of this variance."""
    from scipy.special import stdtrit  # web pages import this module

    half = float(stdtrit(freedom, (1 + level) / 2)) * variance**0.5
    return Interval(mean, mean - half, mean + half, n, level)
