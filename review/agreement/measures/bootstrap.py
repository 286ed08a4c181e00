"""Interval of a coefficient by the bootstrap: whole clusters are drawn anew, because their items depend on each other.

Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13 (percentiles); Davison and Hinkley,
*Bootstrap Methods* (1997), section 3.8 (clusters).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from review.agreement.measures.coefficients import Coefficient
from review.agreement.measures.estimates import LEVEL, Estimate, known

RESAMPLES = 1000
MANY, FEWER = 10_000, 200  # of more items than that, so few resamples: the interval is narrow by then
MOST_BUNDLES = 1000  # more clusters than this are bundled at random, so that the time is bounded
LEAST_CLUSTERS = 10  # fewer tell too little of how clusters differ
SEED = 20711
AT_ONCE = 100_000  # weights of items: more would not fit into the cache of a processor, and take twice as long


def with_interval(coefficient: Coefficient, counts: np.ndarray, groups: np.ndarray) -> Estimate:
    """The coefficient with its 95% interval, the same at each call. `n` counts the items with two or more opinions.

    counts: shape (I, C); groups: shape (I,), the cluster of each item. The interval is None with fewer than ten
    clusters, or where the figure is undefined in half of the resamples.
    """
    pairable = counts.sum(axis=1) > 1
    terms = coefficient.terms(counts[pairable])
    value, n = known(float(coefficient.of_sums(terms.sum(axis=0)))), int(pairable.sum())
    clusters = _sums_of_clusters(terms, groups[pairable])
    if value is None or len(clusters) < LEAST_CLUSTERS:
        return Estimate(value, None, None, n)
    return _estimate(value, coefficient.of_sums(_draws(len(clusters)) @ clusters), n)


def resampled(
    figure: Callable[[np.ndarray], np.ndarray],
    groups: np.ndarray,
    weights: np.ndarray | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Any figure of N items with its interval of this level, the same at each call. `n` counts the items.

    figure: from how often each item counts, shape (R, N), the figure each time, shape (R,), NaN where it is undefined;
    groups: shape (N,), the cluster of each item; weights: shape (N,), how much each counts, None where all count alike.
    The interval is None as in with_interval.
    """
    n = len(groups)
    base = np.ones(n) if weights is None else weights
    value = known(float(figure(base[None, :])[0])) if n else None
    group = _bundled(groups)
    clusters = int(group.max()) + 1 if n else 0
    if value is None or clusters < LEAST_CLUSTERS:
        return Estimate(value, None, None, n)
    draws, rows = _draws(clusters)[: FEWER if n > MANY else RESAMPLES], max(1, AT_ONCE // n)
    parts = [figure(draws[i : i + rows, group] * base) for i in range(0, len(draws), rows)]
    return _estimate(value, np.concatenate(parts), n, level)


def _estimate(value: float, found: np.ndarray, n: int, level: float = LEVEL) -> Estimate:
    defined = found[~np.isnan(found)]
    if len(defined) <= len(found) / 2:
        return Estimate(value, None, None, n)
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), n)


def _sums_of_clusters(terms: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Shape (G, K)."""
    group = _bundled(groups)
    return np.column_stack([np.bincount(group, weights=column) for column in terms.T])


def _bundled(groups: np.ndarray) -> np.ndarray:
    """The number of each item's cluster or bundle of clusters, from 0 on, shape (N,)."""
    names, group = np.unique(groups, return_inverse=True)
    if len(names) > MOST_BUNDLES:
        group = (np.random.default_rng(SEED).permutation(len(names)) % MOST_BUNDLES)[group]
    return group


@lru_cache(maxsize=1)
def _draws(clusters: int) -> np.ndarray:
    """How often each cluster is drawn in each resample, shape (R, G); several coefficients share them.

    As floats, since numpy multiplies matrices of integers a hundred times slower.
    """
    drawn = np.random.default_rng(SEED).multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES)
    return drawn.astype(float)
