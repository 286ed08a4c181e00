"""Spearman's rank correlation."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import ratio
from review.calibration.measures.ranking import above_rounding, codes_of, mass_below


def spearman(scores: np.ndarray, said: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Spearman's ρ, shape (R,), in [-1, 1], higher is better; NaN where either is constant.

    scores, said: shape (N,), all known; weights: shape (R, N), how often each item counts. It is Pearson's correlation
    of the mean ranks of equal values (Kendall and Gibbons, *Rank Correlation Methods*, 1990, chapter 3).
    """
    ranks, others = (_centred_ranks(codes_of(values), weights) for values in (scores, said))
    product = (weights * ranks * others).sum(axis=1)
    scale = weights.sum(axis=1) ** 3
    squares = [above_rounding((weights * part**2).sum(axis=1), scale) for part in (ranks, others)]
    return ratio(product, np.sqrt(squares[0] * squares[1]))


def _centred_ranks(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Shape (R, N). The mean rank is half of the weight whatever the ties are."""
    below, own = mass_below(codes, weights)
    return below + own / 2 - weights.sum(axis=1, keepdims=True) / 2
