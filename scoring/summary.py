"""The numbers of the score page about one version: means with intervals, shares, and how many answers they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from scoring.figures.by_version import VersionFigures


@dataclass(frozen=True)
class Summary:
    """Final scores of one version. `low` and `high` bound the mean with 95% confidence; None where unknown.

    `wanted` is how many turns were to be answered and scored, whoever did it; None where that is not known. `turns` is
    how many have a known score, `known` how many known scores they have: one beside each reference of each answer.
    """

    name: str
    wanted: int | None
    turns: int
    known: int
    mean: float | None
    low: float | None
    high: float | None
    below: int
    theta_rule: int
    profile: str = ""  # under which the scores are final

    @classmethod
    def of(cls, figures: VersionFigures, name: str, wanted: int | None, turns: int, profile: str = "") -> Self:
        known, interval = figures.known, (figures.mean, figures.low, figures.high)
        return cls(name, wanted, turns, known, *interval, known - figures.acceptable, figures.theta_rule, profile)

    @property
    def coverage(self) -> float | None:
        """Share of the turns that were to be answered which have a known final score."""
        return self.turns / self.wanted if self.wanted else None

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
    def share_acceptable(self) -> float | None:
        return None if self.share_below is None else 1 - self.share_below

    @property
    def share_theta(self) -> float | None:
        return self.theta_rule / self.known if self.known else None
