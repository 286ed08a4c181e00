"""The numbers of the score page: means with intervals, shares, and how many answers they cover."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959964  # two-sided 95% of the normal distribution


@dataclass(frozen=True)
class Summary:
    """Final scores of one version. `low` and `high` bound the mean with 95% confidence; None where unknown."""

    name: str
    pairs: int
    known: int
    mean: float | None
    low: float | None
    high: float | None
    below: int
    theta_rule: int

    @property
    def coverage(self) -> float | None:
        """Share of pairs with a known final score."""
        return self.known / self.pairs if self.pairs else None

    @property
    def above(self) -> float:
        """How far the interval reaches above the mean; 0 where it is unknown."""
        return 0.0 if self.mean is None or self.high is None else self.high - self.mean

    @property
    def beneath(self) -> float:
        """How far it reaches below the mean; 0 where it is unknown."""
        return 0.0 if self.mean is None or self.low is None else self.mean - self.low

    @property
    def share_below(self) -> float | None:
        return self.below / self.known if self.known else None

    @property
    def share_theta(self) -> float | None:
        return self.theta_rule / self.known if self.known else None


def summarise(row: dict) -> Summary:
    """From the counts and moments of ScoreQuerySet.summary_by_version."""
    mean, known = row["mean"], row["known"]
    low = high = None
    if known > 1:
        variance = max(0.0, row["mean_of_squares"] - mean**2) * known / (known - 1)
        half = Z95 * math.sqrt(variance / known)
        low, high = max(0.0, mean - half), min(1.0, mean + half)
    return Summary(row["name"], row["pairs"], known, mean, low, high, row["below"], row["theta_rule"])
