"""α, Θ and the acceptance threshold, as a profile has them or as somebody tries them. Plain numpy, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scoring.fusion import final_score

RIGHT_ABOVE_THETA = "0.05"  # the quantile of right pairs' match below which a reference says little


def theta_of(quantiles: Mapping[str, Mapping[str, float]] | None) -> float | None:
    """Θ by the quantiles of a match scorer on right and on unrelated pairs; None where they are not known."""
    return ((quantiles or {}).get("right") or {}).get(RIGHT_ABOVE_THETA)


class Components(Protocol):
    """N scores by their components, each of shape (N,) in [0, 1], NaN for unknown."""

    @property
    def similarity(self) -> np.ndarray: ...
    @property
    def match_end(self) -> np.ndarray: ...
    @property
    def match_cloud(self) -> np.ndarray: ...


@dataclass(frozen=True)
class Parameters:
    """Each in [0, 1]."""

    alpha: float
    theta: float
    threshold: float

    def final(self, of: Components) -> np.ndarray:
        """Final scores (N,) by Eq. 1 of the paper, NaN where unknown."""
        return np.asarray(final_score(of.similarity, of.match_end, of.match_cloud, self.alpha, self.theta))
