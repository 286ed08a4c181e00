"""Fleiss' kappa.

Fleiss, *Measuring nominal scale agreement among many raters*, Psychological Bulletin 76 (1971). Items may have unequal
numbers of raters, as in Gwet, *Handbook of Inter-Rater Reliability* (2014), chapter 2: an item counts once however many
rated it, and those with fewer than two opinions are left out. With equal numbers it is Fleiss' own.
"""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import Coefficient, ratio
from review.agreement.measures.percent import agreeing_pairs


def _terms(counts: np.ndarray) -> np.ndarray:
    """Of each item the agreeing pairs, whether it counts, and the share of each category: shape (I, 2 + C)."""
    raters = counts.sum(axis=1, keepdims=True)
    counted = raters > 1
    shares = np.where(counted, counts / np.maximum(raters, 1), 0)
    return np.column_stack([agreeing_pairs(counts), counted, shares]).astype(float)


def _of_sums(sums: np.ndarray) -> np.ndarray:
    items = sums[..., 1]
    observed = ratio(sums[..., 0], items)
    expected = (ratio(sums[..., 2:], items[..., None]) ** 2).sum(axis=-1)
    return ratio(observed - expected, _above_rounding(1 - expected))


def _above_rounding(values: np.ndarray) -> np.ndarray:
    return np.where(values > 1e-12, values, 0)


# In [-1, 1]; NaN where nothing was rated twice or only one category was used.
FLEISS = Coefficient(_terms, _of_sums)
