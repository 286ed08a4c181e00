"""What may be concluded from two lists of scores. Plain numpy and scipy, no Django."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95
ROUNDING = 1e-9  # a smaller difference only shows that the same score was computed in another order


@dataclass(frozen=True)
class Interval:
    """A mean with its interval of this level over `n` values; None where n is too small to tell."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    level: float = LEVEL

    def __str__(self) -> str:
        """The mean and, where it is known, the interval, with three decimals."""
        if self.mean is None:
            return "unknown"
        if self.low is None or self.high is None:
            return f"{self.mean:.3f}"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"

    @property
    def percent(self) -> str:
        """The level in percent, with as many decimals as tell it from 100."""
        decimals = max(2, 1 - math.floor(math.log10(100 * (1 - self.level))))
        return f"{100 * self.level:.{decimals}f}".rstrip("0").rstrip(".")

    def in_unit(self) -> Interval:
        """The same interval cut to [0, 1], where the mean of scores must lie."""
        if self.low is None or self.high is None:
            return self
        return replace(self, low=max(0.0, self.low), high=min(1.0, self.high))

    def lies_above(self, bound: float) -> bool:
        """Whether the whole interval does; False where it is unknown."""
        return self.low is not None and self.low > bound

    def lies_below(self, bound: float) -> bool:
        """Whether the whole interval does; False where it is unknown."""
        return self.high is not None and self.high < bound


@dataclass(frozen=True)
class Outcomes:
    """How many pairs got better, stayed the same and got worse."""

    wins: int
    ties: int
    losses: int


def mean_interval(values: ArrayLike) -> Interval:
    """Mean of the known values with Student's 95% interval; NaN stands for unknown and is left out."""
    from scipy.special import stdtrit

    known = _known(values)
    if len(known) == 0:
        return Interval(None, None, None, 0)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, None, None, 1)
    half = float(stdtrit(len(known) - 1, 0.975) * known.std(ddof=1) / np.sqrt(len(known)))
    return Interval(mean, mean - half, mean + half, len(known))


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
