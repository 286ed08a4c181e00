"""Logistic curves from a score to the probability that people accept the reply; many scores of the same items at once.

Written here because fitting α tries hundreds of scores in one product of matrices; a test holds it to scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 25
RIDGE = 1e-3  # on the slope for a score of variance 1, so that it stays finite where scores part people's opinions
SMALLEST_SD = 1e-6
TOLERANCE = 1e-8


@dataclass(frozen=True)
class Curves:
    """intercept, slope: shape (S,), of each score; the slope is at least 0, since a score that falls with acceptance
    says nothing as a score.
    """

    intercept: np.ndarray
    slope: np.ndarray

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """Of acceptance, for scores of shape (S, N)."""
        return sigmoid(self.intercept[:, None] + self.slope[:, None] * scores)

    def loss(self, scores: np.ndarray, accepted: np.ndarray) -> np.ndarray:
        """Minus the log likelihood of each item, shape (S, N), lower is better."""
        odds = self.intercept[:, None] + self.slope[:, None] * scores
        return np.logaddexp(0, odds) - accepted * odds


def sigmoid(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))


def fitted_curves(scores: np.ndarray, accepted: np.ndarray, weights: np.ndarray) -> Curves:
    """By maximum likelihood. scores: shape (S, N); accepted: shape (N,), in [0, 1], some above 0 and some below 1."""
    total = weights.sum()
    mean = scores @ weights / total  # (S,)
    sd = np.sqrt(np.maximum((scores - mean[:, None]) ** 2 @ weights / total, SMALLEST_SD**2))
    unit = (scores - mean[:, None]) / sd[:, None]  # (S, N)
    share = float(weights @ accepted / total)
    intercept, slope = np.full(len(scores), np.log(share / (1 - share))), np.zeros(len(scores))
    for _ in range(STEPS):
        odds = intercept[:, None] + slope[:, None] * unit
        chance = sigmoid(odds)
        off, spread = weights * (accepted - chance), weights * chance * (1 - chance)
        first = np.stack([off.sum(axis=1), (off * unit).sum(axis=1) - RIDGE * slope])
        a, b = spread.sum(axis=1), (spread * unit).sum(axis=1)
        c = (spread * unit**2).sum(axis=1) + RIDGE
        steps = np.stack([c * first[0] - b * first[1], a * first[1] - b * first[0]]) / (a * c - b**2)
        steps = np.clip(steps, -1, 1)
        intercept, slope = intercept + steps[0], slope + steps[1]
        if np.abs(steps).max() < TOLERANCE:
            break
    falls = slope <= 0
    intercept = np.where(falls, np.log(share / (1 - share)), intercept)
    slope = np.where(falls, 0.0, slope / sd)
    return Curves(intercept - slope * mean, slope)
