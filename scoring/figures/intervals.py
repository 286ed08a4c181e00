"""The 95% interval of a mean over turns, clustered by dialogue: turns of a dialogue are alike."""

from __future__ import annotations

import numpy as np


def begins_of(values: np.ndarray) -> np.ndarray:
    """Where another value begins in sorted values."""
    return np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])


def half_interval(deviations: np.ndarray, begins: np.ndarray, count: int, clusters: int) -> float | None:
    """Half its width; None for fewer than two clusters.

    deviations: from the mean, 0 where unknown, one cluster after another; each begins at one of `begins`. `count` of
    them are known, in `clusters` clusters.
    """
    sums, of_one = np.add.reduceat(deviations, begins), np.zeros(len(begins), dtype=np.int64)
    [half] = half_intervals(sums, of_one, np.array([count]), np.array([clusters]))
    return None if np.isnan(half) else float(half)


def half_intervals(sums: np.ndarray, groups: np.ndarray, counts: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """The same of G means at once (G,), Student's with a degree less than clusters; NaN for fewer than two of these.

    sums (C,): of the deviations of each cluster; groups (C,): the number, from 0, of the mean to which it belongs.
    `counts` and `clusters` (G,) are those of each mean.
    """
    from scipy.special import stdtrit  # web pages import this module

    squares = np.bincount(groups, weights=sums * sums, minlength=len(counts))
    enough = clusters >= 2
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = np.where(enough, squares / counts**2 * clusters / (clusters - 1), np.nan)
    return stdtrit(np.where(enough, clusters - 1, 1), 0.975) * np.sqrt(variances)
