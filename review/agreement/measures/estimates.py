"""A number with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure over `n` things with its 95% interval; None for what is undefined or cannot be told, never 0 or 1."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def excludes(self, value: float) -> bool:
        """Whether the whole interval lies on one side of the value; False where it is unknown."""
        return self.low is not None and self.high is not None and not self.low <= value <= self.high


def known(value: float) -> float | None:
    """The number, None for NaN."""
    return None if math.isnan(value) else float(value)


def normal_quantile(level: float = LEVEL) -> float:
    """How many standard errors reach from a normal estimate to either end of its interval."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
