"""Whether a score prefers the reply that people prefer."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import ratio


def pairwise(margins: np.ndarray, preferred: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of the pairs that people decided in which the score prefers the same, shape (R,), in [0, 1].

    0.5 is chance, higher is better; NaN without such a pair. margins: shape (N,), the score of the first reply less
    that of the second, all known, where 0 is half a hit; preferred: shape (N,), how much more people preferred the
    first: its sign counts, and 0 leaves the pair out (Kocmi et al. 2021); weights: shape (R, N).
    """
    side = np.sign(preferred)
    hits = np.where(np.sign(margins) == side, 1.0, np.where(margins == 0, 0.5, 0.0))
    counted = weights * (side != 0)
    return ratio((counted * hits).sum(axis=1), counted.sum(axis=1))
