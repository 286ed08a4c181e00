"""Kendall's rank correlation."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import ratio
from review.calibration.measures.ranking import above_rounding, codes_of, concordance, tied_pairs


def kendall(scores: np.ndarray, said: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Kendall's τ-b, shape (R,), in [-1, 1], higher is better; NaN where either is constant.

    scores, said: shape (N,), all known; weights: shape (R, N), how often each item counts. Pairs that are ordered alike
    less those in opposite order, over the root of the pairs that each orders (Kendall, Biometrika 33, 1945).
    """
    first, second = sorted((codes_of(scores), codes_of(said)), key=lambda codes: int(codes.max()))
    pairs = weights.sum(axis=1) ** 2
    ordered = [above_rounding(pairs - tied_pairs(codes, weights), pairs) / 2 for codes in (first, second)]
    return ratio(concordance(first, second, weights), np.sqrt(ordered[0] * ordered[1]))
