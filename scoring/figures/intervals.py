"""The 95% interval of a mean over turns, clustered by dialogue: turns of a dialogue are alike."""

from __future__ import annotations

import numpy as np

Z95 = 1.959964  # two-sided 95% of the normal distribution


def begins_of(values: np.ndarray) -> np.ndarray:
    """Where another value begins in sorted values."""
    return np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])


def half_interval(deviations: np.ndarray, begins: np.ndarray, count: int, clusters: int) -> float | None:
    """Half its width; None for fewer than two clusters.

    deviations: from the mean, 0 where unknown, one cluster after another; each begins at one of `begins`. `count` of
    them are known, in `clusters` clusters.
    """
    if clusters < 2:
        return None
    sums = np.add.reduceat(deviations, begins)
    return float(Z95 * np.sqrt(float(np.dot(sums, sums)) / count**2 * clusters / (clusters - 1)))
