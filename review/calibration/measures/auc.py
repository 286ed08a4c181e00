"""Area under the ROC curve."""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import ratio
from review.calibration.measures.ranking import codes_of, mass_below


def auc(scores: np.ndarray, accepted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Probability that an accepted reply has the higher score of two, equal ones half, shape (R,), in [0, 1].

    0.5 is chance, higher is better; NaN where everything or nothing was accepted. scores: shape (N,), all known;
    accepted: shape (N,), the share of the people who accepted it, in [0, 1]: an item counts that much as an accepted
    one and else as a refused one (Mann and Whitney 1947; Hanley and McNeil 1982); weights: shape (R, N).
    """
    taken, refused = weights * accepted, weights * (1 - accepted)
    below, equal = mass_below(codes_of(scores), refused)
    won = (taken * (below + equal / 2)).sum(axis=1)
    return ratio(won, taken.sum(axis=1) * refused.sum(axis=1))
