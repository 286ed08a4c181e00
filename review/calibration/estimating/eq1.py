"""The likelihood of people's acceptance under Eq. 1, its best α, Θ and threshold, and the interval of α. Plain numpy.

Objective: the log likelihood that a logistic curve over the final score gives to people's acceptance. It is smooth and
uses how far a score lies from the threshold, whereas AUC is a staircase that is flat around its best; held-out AUC says
whether the fit is worth anything. The score stays Eq. 1: the curve only serves to compare values of α and Θ, and its
middle is the threshold, from where on people accept more often than not.

The interval of α inverts a score test (Rao; Boos 1992 for clusters): those values are in it at which no other direction
between similarity and match would explain significantly more. Unlike a quotient of coefficients it holds where the
scores say little, and is then [0, 1] (the reason for Fieller's intervals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import LEVEL
from review.calibration.estimating.judged import Judged
from review.calibration.measures.curves import Curves, fitted_curves
from scoring.parameters import Parameters

ALPHAS = np.linspace(0, 1, 101)
COARSE = ALPHAS[::5]
MOST_THETAS = 20  # tried, at quantiles of the match of the references


@dataclass(frozen=True)
class Region:
    """From where to where a value cannot be told from the best."""

    low: float
    high: float


def candidate_thetas(match_cloud: np.ndarray, active: float) -> np.ndarray:
    """The values of Θ that are tried, in order: 0 (the rule never applies), the active one, and quantiles."""
    quantiles = np.quantile(match_cloud, np.arange(1, MOST_THETAS) / MOST_THETAS / 2)  # applied to half at most
    return np.unique(np.concatenate([[0.0, active], quantiles]))


def fitted(judged: Judged, thetas: np.ndarray) -> Parameters:
    """The parameters of the highest likelihood over all of these, known replies."""
    best = (np.inf, COARSE[0], thetas[0])
    for theta in thetas:
        losses = mean_losses(judged, COARSE, theta)
        best = min(best, (losses.min(), COARSE[losses.argmin()], theta))
    near = ALPHAS[np.abs(ALPHAS - best[1]) < COARSE[1]]
    losses = mean_losses(judged, near, best[2])
    alpha = float(near[losses.argmin()])
    curve = curves_of(judged, np.array([alpha]), float(best[2]))
    return Parameters(alpha, float(best[2]), _middle(curve))


def alpha_interval(judged: Judged, theta: float, level: float = LEVEL) -> Region:
    """The values of α that these known replies do not refute, at this Θ; all of [0, 1] where they refute each."""
    from scipy.special import stdtrit

    finals, counted = judged.finals(ALPHAS, theta), judged.counted
    curves = fitted_curves(finals, judged.accepted, counted)
    chance = curves.probability(finals)  # (A, N)
    apart = judged.similarity - judged.match_end
    direction = np.where(judged.match_cloud < theta, 0.0, apart)  # (N,), of the final score in α
    spread = counted * chance * (1 - chance)
    scores = counted * (judged.accepted - chance) * _beside_curve(direction, finals, spread)
    _, group = np.unique(judged.groups, return_inverse=True)
    sums = np.stack([np.bincount(group, row) for row in scores])  # (A, G)
    clusters = sums.shape[1]
    total, noise = sums.sum(axis=1), np.sqrt((sums**2).sum(axis=1) * clusters / (clusters - 1))
    refuted = np.abs(total) > stdtrit(clusters - 1, (1 + level) / 2) * noise
    refuted[0] &= total[0] > 0  # there is nothing below 0, and nothing above 1
    refuted[-1] &= total[-1] < 0
    left = ALPHAS[~refuted]
    return Region(float(left[0]), float(left[-1])) if len(left) else Region(0.0, 1.0)


def curves_of(judged: Judged, alphas: np.ndarray, theta: float) -> Curves:
    return fitted_curves(judged.finals(alphas, theta), judged.accepted, judged.counted)


def mean_losses(judged: Judged, alphas: np.ndarray, theta: float) -> np.ndarray:
    """Mean loss of each α with its own curve, shape (A,)."""
    finals = judged.finals(alphas, theta)
    curves = fitted_curves(finals, judged.accepted, judged.counted)
    return curves.loss(finals, judged.accepted) @ judged.counted / judged.counted.sum()


def _middle(curve: Curves) -> float:
    """Where people accept half of the replies, in [0, 1]; a curve that is flat accepts everything or nothing."""
    intercept, slope = float(curve.intercept[0]), float(curve.slope[0])
    if slope <= 0:
        return 0.0 if intercept >= 0 else 1.0
    return min(1.0, max(0.0, -intercept / slope))


def _beside_curve(direction: np.ndarray, finals: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """What of the direction neither the curve's place nor its slope can do, shape (A, N)."""
    total = spread.sum(axis=1, keepdims=True)
    centred = finals - (spread * finals).sum(axis=1, keepdims=True) / total
    left = direction - (spread * direction).sum(axis=1, keepdims=True) / total
    squares = np.maximum((spread * centred**2).sum(axis=1, keepdims=True), 1e-12)
    return left - (spread * centred * left).sum(axis=1, keepdims=True) / squares * centred
