"""α, Θ and the acceptance threshold, as a profile has them or as somebody tries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from scoring.figures.columns import Columns
from scoring.fusion import final_score
from scoring.models import Profile, Score


@dataclass(frozen=True)
class Parameters:
    """Each in [0, 1]."""

    alpha: float
    theta: float
    threshold: float

    @classmethod
    def of(cls, profile: Profile) -> Self:
        return cls(profile.alpha, profile.theta, profile.threshold)

    def of_row(self, score: Score) -> float:
        """The final score of one row, NaN where unknown."""
        known = [np.nan if part is None else part for part in (score.similarity, score.match_end, score.match_cloud)]
        similarity, match_end, match_cloud = known
        return float(final_score(similarity, match_end, match_cloud, self.alpha, self.theta))

    def final(self, columns: Columns) -> np.ndarray:
        """Final scores (N,) by Eq. 1 of the paper, NaN where unknown."""
        return np.asarray(
            final_score(columns.similarity, columns.match_end, columns.match_cloud, self.alpha, self.theta)
        )
