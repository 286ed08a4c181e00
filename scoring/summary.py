"""The numbers of the score page: means with intervals, shares, and how many answers they cover."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959964  # two-sided 95% of the normal distribution


@dataclass(frozen=True)
class Summary:
    """Final scores of one version. `low` and `high` bound the mean with 95% confidence; None where unknown.

    `wanted` is how many turns were to be answered and scored, whoever did it.
    """

    name: str
    wanted: int
    known: int
    mean: float | None
    low: float | None
    high: float | None
    below: int
    theta_rule: int

    @property
    def coverage(self) -> float | None:
        """Share of the turns that were to be answered which have a known final score."""
        return self.known / self.wanted if self.wanted else None

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


@dataclass(frozen=True)
class Shared:
    """A version beside the one it is compared with, both over the turns that both have a known score for."""

    version: Summary
    baseline: Summary


def summarise(row: dict, wanted: int) -> Summary:
    """From the counts and moments of ScoreQuerySet.summary_by_version."""
    mean, known = row["mean"], row["known"]
    low = high = None
    if known > 1:
        variance = max(0.0, row["mean_of_squares"] - mean**2) * known / (known - 1)
        half = Z95 * math.sqrt(variance / known)
        low, high = max(0.0, mean - half), min(1.0, mean + half)
    return Summary(row["name"], wanted, known, mean, low, high, row["below"], row["theta_rule"])
