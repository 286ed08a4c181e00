"""Cohen's kappa of two raters, and what all pairs of raters said of the same items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.coefficients import ratio


def cohen_kappa(table: np.ndarray) -> np.ndarray:
    """Agreement beyond chance, at most 1; NaN where it is undefined (Cohen 1960).

    table: shape (..., C, C), how often the first rater chose the row and the second the column.
    """
    n = table.sum(axis=(-2, -1))
    observed = ratio(np.trace(table, axis1=-2, axis2=-1), n)
    expected = ratio((table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1), n**2)
    return ratio(observed - expected, 1 - expected)


@dataclass(frozen=True)
class Shared:
    """What pairs of raters said of the items that they share, S times in all.

    pairs: shape (P, 2), raters, the lower first; pair: shape (S,), position in pairs; first, second: shape (S,), what
    each of them said; group: shape (S,), the cluster of the item; tables: shape (P, C, C), how often they said what.
    """

    pairs: np.ndarray
    pair: np.ndarray
    first: np.ndarray
    second: np.ndarray
    group: np.ndarray
    tables: np.ndarray


def shared_of(items: np.ndarray, raters: np.ndarray, codes: np.ndarray, groups: np.ndarray, categories: int) -> Shared:
    """items, raters, codes, groups: shape (N,); a rater has at most one code an item."""
    order = np.lexsort((raters, items))
    first, second = _pairs_in_runs(items[order])
    who, said = raters[order].astype(np.int64), codes[order].astype(np.int64)
    pairs, pair = np.unique(np.column_stack([who[first], who[second]]), axis=0, return_inverse=True)
    pairs, pair = pairs.reshape(-1, 2), pair.reshape(-1)
    cell = (pair * categories + said[first]) * categories + said[second]
    tables = np.bincount(cell, minlength=len(pairs) * categories**2).reshape(-1, categories, categories)
    return Shared(pairs, pair, said[first], said[second], groups[order][first], tables)


def standard_errors(shared: Shared) -> np.ndarray:
    """Of the kappa of each pair, shape (P,); NaN where the kappa is undefined or all items are of one cluster.

    By the delta method, as Fleiss, Cohen and Everitt (1969), but the items of a cluster may depend on each other.
    """
    n = np.maximum(shared.tables.sum(axis=(1, 2)), 1)[:, None, None]
    p = shared.tables / n
    rows, columns = p.sum(axis=2), p.sum(axis=1)  # (P, C)
    observed, expected = np.trace(p, axis1=1, axis2=2), (rows * columns).sum(axis=1)
    left = np.where(expected < 1, 1 - expected, np.nan)[:, None, None]
    chance = columns[:, :, None] + rows[:, None, :]  # how the expected agreement changes with each cell
    slopes = np.eye(p.shape[1]) / left - chance * (1 - observed)[:, None, None] / left**2
    influence = slopes - (p * slopes).sum(axis=(1, 2))[:, None, None]  # of an item in each cell, mean 0
    of_items = influence[shared.pair, shared.first, shared.second]
    clusters, cluster = np.unique(np.column_stack([shared.pair, shared.group]), axis=0, return_inverse=True)
    sums = np.bincount(cluster.reshape(-1), weights=of_items, minlength=len(clusters))
    pair = clusters[:, 0] if len(clusters) else np.empty(0, dtype=np.int64)
    squares = np.bincount(pair, weights=sums**2, minlength=len(p))
    count = np.bincount(pair, minlength=len(p)).astype(float)
    return np.sqrt(squares * ratio(count, count - 1)) / n[:, 0, 0]


def clusters_of(shared: Shared) -> np.ndarray:
    """Over how many clusters each pair shares items, shape (P,)."""
    found = np.unique(np.column_stack([shared.pair, shared.group]), axis=0)
    return np.bincount(found[:, 0], minlength=len(shared.pairs))


def _pairs_in_runs(sorted_values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the two members of every pair within a run of equal values."""
    _, starts, lengths = np.unique(sorted_values, return_index=True, return_counts=True)
    firsts, seconds = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for length in np.unique(lengths):
        a, b = np.triu_indices(length, k=1)
        begins = starts[lengths == length][:, None]
        firsts.append((begins + a).ravel())
        seconds.append((begins + b).ravel())
    return np.concatenate(firsts), np.concatenate(seconds)
