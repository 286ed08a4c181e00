"""Fits α, Θ and the acceptance threshold to what people accepted, by cross-validation over dialogues. Plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.bootstrap import LEAST_CLUSTERS
from review.agreement.measures.estimates import Estimate, known
from review.calibration.estimating.eq1 import ALPHAS, Region, alpha_interval, candidate_thetas, fitted
from review.calibration.estimating.held_out import (
    HeldOut,
    before_and_after,
    folds_of,
    held_out_losses,
    region_around,
    threshold_region,
)
from review.calibration.estimating.judged import Judged
from review.calibration.measures.intervals import Interval
from scoring.parameters import Parameters


@dataclass(frozen=True)
class Fit:
    """best: the parameters fitted to all verdicts; interval: of α, 95%; *_region: where others do as well.

    before: the active ones, after: those fitted without the dialogues on which they are measured; gain:
    of AUC, paired; right_gain: of the share that the threshold foretells, paired. lacking: see Judged. losses: of
    ALPHAS at the best Θ, for a chart: held-out, lower is better; None where nothing could be held out.
    """

    best: Parameters
    interval: Region
    alpha_region: Region
    theta_region: Region
    threshold_region: Region
    before: HeldOut
    after: HeldOut
    gain: Estimate
    right_gain: Interval
    items: int
    lacking: dict[str, int]
    losses: tuple[float | None, ...]

    @property
    def is_better(self) -> bool:
        """Whether it is clearly better than the active parameters in one of the gains, and clearly worse in none."""
        low, high = self.gain.low, self.gain.high
        is_better = (low is not None and low > 0) or self.right_gain.lies_above(0)
        return is_better and not (high is not None and high < 0) and not self.right_gain.lies_below(0)


def fit(judged: Judged, active: Parameters) -> Fit | None:
    """None with fewer than ten dialogues, or where everything or nothing was accepted."""
    judged = judged.known()
    if len(np.unique(judged.groups)) < LEAST_CLUSTERS or not 0 < judged.accepted.mean() < 1:
        return None
    thetas = candidate_thetas(judged.match_cloud, active.theta)
    best = fitted(judged, thetas)
    folds = folds_of(judged.groups)
    losses = held_out_losses(judged, folds, thetas, best.theta)
    return Fit(
        best=best,
        interval=alpha_interval(judged, best.theta),
        alpha_region=region_around(losses.of_alphas, ALPHAS, best.alpha, judged.groups),
        theta_region=region_around(losses.of_thetas, thetas, best.theta, judged.groups),
        threshold_region=threshold_region(judged, best),
        **before_and_after(judged, folds, thetas, active),
        items=len(judged),
        lacking=judged.lacking(),
        losses=tuple(known(float(loss)) for loss in np.nanmean(losses.of_alphas, axis=1)),
    )
