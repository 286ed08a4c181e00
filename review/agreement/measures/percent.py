"""Percent agreement."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import Coefficient, ratio


def agreeing_pairs(counts: np.ndarray) -> np.ndarray:
    """Of each item's pairs of opinions the share that agree, shape (I,); 0 for items with fewer than two."""
    raters = counts.sum(axis=1)
    pairs = raters * (raters - 1)
    return (counts * (counts - 1)).sum(axis=1) / np.where(pairs > 0, pairs, 1)


def _terms(counts: np.ndarray) -> np.ndarray:
    return np.column_stack([agreeing_pairs(counts), counts.sum(axis=1) > 1]).astype(float)


# Share of pairs of opinions that agree, averaged over the items with two or more, in [0, 1].
PERCENT = Coefficient(_terms, lambda sums: ratio(sums[..., 0], sums[..., 1]))
