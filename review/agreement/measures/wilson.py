"""Shares with Wilson's interval, also where the values come in clusters."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.estimates import LEVEL, Estimate, normal_quantile


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share of n > 0 trials, within [0, 1] (Wilson 1927).

    Neither the share times n nor n has to be whole.
    """
    z = normal_quantile(level)
    middle = share + z**2 / (2 * n)
    half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    divisor = 1 + z**2 / n
    return max(0.0, (middle - half) / divisor), min(1.0, (middle + half) / divisor)


def share_of(values: np.ndarray, groups: np.ndarray | None = None, level: float = LEVEL) -> Estimate:
    """Mean of values in [0, 1] with Wilson's interval of this level; None where there are none.

    values: shape (N,); groups: shape (N,), the cluster of each. With clusters, N is divided by their design effect
    (Korn and Graubard 1998; Dean and Pagano 2015), and never raised: half points or negative dependence make no
    interval narrower than that of N independent ones.
    """
    n = len(values)
    if not n:
        return Estimate(None, None, None, 0)
    share = float(np.mean(values))
    low, high = wilson(share, n if groups is None else n / design_effect(values, groups), level)
    return Estimate(share, low, high, n)


def design_effect(values: np.ndarray, groups: np.ndarray) -> float:
    """Variance of the mean of clustered values beside that of as many independent trials; at least 1.

    Where the values cannot tell it, all being equal or in one cluster, each cluster counts as one trial.
    """
    _, group = np.unique(groups, return_inverse=True)
    share, clusters = float(np.mean(values)), int(group.max()) + 1
    independent = share * (1 - share) * len(values)
    if clusters < 2 or independent <= 0:
        return len(values) / clusters
    spread = np.bincount(group, weights=values - share)
    return max(1.0, float((spread**2).sum()) * clusters / (clusters - 1) / independent)
