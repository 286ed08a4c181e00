"""Cohen's kappa of two raters, and the tables of all pairs of raters."""

from __future__ import annotations

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


def tables_of_pairs(
    items: np.ndarray, raters: np.ndarray, codes: np.ndarray, categories: int
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of raters who share items, shape (P, 2), the lower first, and their tables, shape (P, C, C).

    items, raters, codes: shape (N,); a rater has at most one code an item.
    """
    order = np.lexsort((raters, items))
    first, second = _pairs_in_runs(items[order])
    who, said = raters[order].astype(np.int64), codes[order].astype(np.int64)
    pairs, pair = np.unique(np.column_stack([who[first], who[second]]), axis=0, return_inverse=True)
    cell = (pair.reshape(-1) * categories + said[first]) * categories + said[second]
    tables = np.bincount(cell, minlength=len(pairs) * categories**2).reshape(-1, categories, categories)
    return pairs.reshape(-1, 2), tables


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
