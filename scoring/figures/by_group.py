"""Means of groups of rows, each with its interval; any number of groups in a few passes over the rows. Plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.figures.intervals import half_intervals


@dataclass(frozen=True)
class Grouped:
    """Of G groups, each of shape (G,): how many rows with a known value, their mean, and half of its 95% interval.

    mean is NaN for a group without values, half also for one in a single cluster.
    """

    n: np.ndarray
    mean: np.ndarray
    half: np.ndarray


def grouped(values: np.ndarray, clusters: np.ndarray, groups: np.ndarray, count: int) -> Grouped:
    """values: shape (R,), NaN for unknown; clusters, groups: shape (R,), groups from 0 to count - 1. A row that belongs
    to several groups is there as often.
    """
    known = ~np.isnan(values)
    values, clusters, groups = values[known], clusters[known], groups[known]
    n = np.bincount(groups, minlength=count)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(groups, values, minlength=count) / n
    order = np.lexsort((clusters, groups))
    values, clusters, groups = values[order], clusters[order], groups[order]
    if not len(values):
        return Grouped(n, mean, np.full(count, np.nan))
    is_first = np.ones(len(values), dtype=bool)
    is_first[1:] = (groups[1:] != groups[:-1]) | (clusters[1:] != clusters[:-1])
    begins = np.flatnonzero(is_first)
    of = groups[begins]
    many = np.bincount(of, minlength=count)
    sums = np.add.reduceat(values - mean[groups], begins)
    return Grouped(n, mean, half_intervals(sums, of, n, many))
