"""A mean with an interval of any level."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from review.agreement.measures.estimates import LEVEL

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
