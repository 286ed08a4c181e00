"""Replies with their components and what people said of them, and what a profile makes of those."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.fusion import final_score
from scoring.parameters import Parameters

LEAST = {"items": 50, "dialogues": 20, "accepted": 15, "refused": 15}  # below these, a fit is no more than a hint


@dataclass(frozen=True)
class Judged:
    """N replies with components of Eq. 1 that people judged. All of shape (N,), NaN for unknown.

    accepted: share of the people who accepted it; groups: dialogues; weights: how much each counts, where not all were
    as likely to be reviewed.
    """

    similarity: np.ndarray
    match_end: np.ndarray
    match_cloud: np.ndarray
    accepted: np.ndarray
    groups: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.accepted)

    def where(self, chosen: np.ndarray) -> Judged:
        """Those that a mask of shape (N,) chooses."""
        weights = None if self.weights is None else self.weights[chosen]
        return Judged(
            self.similarity[chosen],
            self.match_end[chosen],
            self.match_cloud[chosen],
            self.accepted[chosen],
            self.groups[chosen],
            weights,
        )

    def known(self) -> Judged:
        """Those of which everything is known."""
        columns = [self.similarity, self.match_end, self.match_cloud, self.accepted]
        columns += [] if self.weights is None else [self.weights]
        return self.where(~np.isnan(np.stack(columns)).any(axis=0))

    @property
    def counted(self) -> np.ndarray:
        """How much each counts."""
        return np.ones(len(self)) if self.weights is None else self.weights

    def finals(self, alphas: np.ndarray, theta: float) -> np.ndarray:
        """Shape (A, N)."""
        parts = (self.similarity, self.match_end, self.match_cloud)
        return np.stack([np.asarray(final_score(*parts, float(alpha), theta)) for alpha in alphas])

    def final(self, parameters: Parameters) -> np.ndarray:
        return parameters.final(self)

    def lacking(self) -> dict[str, int]:
        """How many more there should be of what a fit needs; empty where there are enough."""
        accepted = float(self.accepted.sum())
        have = {
            "items": len(self),
            "dialogues": len(np.unique(self.groups)),
            "accepted": round(accepted),
            "refused": round(len(self) - accepted),
        }
        return {name: least - have[name] for name, least in LEAST.items() if have[name] < least}
