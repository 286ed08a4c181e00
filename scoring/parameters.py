"""α, Θ and the acceptance threshold, as a profile has them or as somebody tries them. Plain numpy, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scoring.fusion import final_score


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
