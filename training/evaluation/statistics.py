"""What may be concluded from differences of scores. Plain numpy and scipy, no Django."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from review.calibration.measures.intervals import ROUNDING


@dataclass(frozen=True)
class Outcomes:
    """How many pairs got better, stayed the same and got worse."""

    wins: int
    ties: int
    losses: int


def outcomes(differences: ArrayLike) -> Outcomes:
    """Counts the known differences by their sign; NaN stands for unknown and is left out."""
    known = _known(differences)
    wins, losses = int((known > ROUNDING).sum()), int((known < -ROUNDING).sum())
    return Outcomes(wins, len(known) - wins - losses, losses)


def mcnemar_exact(only_before: int, only_after: int) -> float:
    """Two-sided p of McNemar's exact test, in (0, 1] (McNemar 1947).

    The two counts are the discordant pairs: acceptable before alone, acceptable after alone. 1.0 where there are none.
    """
    from scipy.stats import binomtest  # takes about a second to load, and web pages import this module

    discordant = only_before + only_after
    return float(binomtest(only_before, discordant).pvalue) if discordant else 1.0


def _known(values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float).ravel()
    return array[~np.isnan(array)]
