"""How well settings of Eq. 1 do on dialogues that they were not fitted to. Plain numpy and scipy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from review.agreement.measures.bootstrap import resampled
from review.agreement.measures.estimates import Estimate
from review.agreement.measures.wilson import share_of
from review.calibration.estimating.eq1 import ALPHAS, COARSE, Region, curves_of, fitted, mean_losses
from review.calibration.estimating.figures import mean_over_parts
from review.calibration.estimating.judged import Judged
from review.calibration.measures.auc import auc
from review.calibration.measures.clusters import clustered_mean
from scoring.parameters import Parameters

THRESHOLDS = np.linspace(0, 1, 51)
FOLDS = 5
SEED = 4711


@dataclass(frozen=True)
class HeldOut:
    """On dialogues that the parameters were not fitted to: AUC for acceptance, and the share of verdicts that the
    threshold foretells.
    """

    auc: Estimate
    right: Estimate


@dataclass(frozen=True)
class Losses:
    """Of items that were held out: of_alphas: shape (A, N), at one Θ; of_thetas: shape (T, N), each with its best α."""

    of_alphas: np.ndarray
    of_thetas: np.ndarray


def folds_of(groups: np.ndarray) -> np.ndarray:
    """The fold of each item, shape (N,); a dialogue lies in one."""
    names, group = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(SEED).permutation(len(names)) % FOLDS)[group]


def _parts(judged: Judged, folds: np.ndarray) -> Iterator[tuple[Judged, np.ndarray]]:
    """What is fitted to, and which items are held out; a fold without both opinions to learn from is left out."""
    for fold in range(FOLDS):
        held = folds == fold
        rest = judged.where(~held)
        if held.any() and 0 < rest.accepted.mean() < 1:
            yield rest, held


def held_out_losses(judged: Judged, folds: np.ndarray, thetas: np.ndarray, theta: float) -> Losses:
    of_alphas = np.full((len(ALPHAS), len(judged)), np.nan)
    of_thetas = np.full((len(thetas), len(judged)), np.nan)
    for rest, held in _parts(judged, folds):
        out = judged.where(held)
        of_alphas[:, held] = curves_of(rest, ALPHAS, theta).loss(out.finals(ALPHAS, theta), out.accepted)
        for t, tried in enumerate(thetas):
            alpha = COARSE[[mean_losses(rest, COARSE, tried).argmin()]]
            of_thetas[t, held] = curves_of(rest, alpha, tried).loss(out.finals(alpha, tried), out.accepted)[0]
    return Losses(of_alphas, of_thetas)


def region_around(losses: np.ndarray, values: np.ndarray, best: float, groups: np.ndarray) -> Region:
    """The values around the best whose losses are not clearly higher."""
    at = int(np.abs(values - best).argmin())
    worse = [clustered_mean(row - losses[at], groups).lies_above(0) for row in losses]
    return _around(np.array(worse), values, at)


def _around(worse: np.ndarray, values: np.ndarray, at: int) -> Region:
    low = high = at
    while low > 0 and not worse[low - 1]:
        low -= 1
    while high < len(values) - 1 and not worse[high + 1]:
        high += 1
    return Region(float(values[low]), float(values[high]))


def threshold_region(judged: Judged, best: Parameters) -> Region:
    final = judged.final(best)
    wrong = np.stack([1 - _right(final, judged.accepted, threshold) for threshold in (best.threshold, *THRESHOLDS)])
    worse = np.array([clustered_mean(row - wrong[0], judged.groups).lies_above(0) for row in wrong[1:]])
    found = _around(worse, THRESHOLDS, int(np.abs(THRESHOLDS - best.threshold).argmin()))
    return Region(min(found.low, best.threshold), max(found.high, best.threshold))


def _right(final: np.ndarray, accepted: np.ndarray, threshold: float) -> np.ndarray:
    """Share of each item's verdicts that the threshold foretells."""
    return np.where(final >= threshold, accepted, 1 - accepted)


def before_and_after(judged: Judged, folds: np.ndarray, thetas: np.ndarray, active: Parameters) -> dict[str, Any]:
    """before, after, gain and right_gain of a Fit. AUC compares items of one fold, each with its own parameters."""
    old, new = judged.final(active), np.full(len(judged), np.nan)
    right = np.full(len(judged), np.nan)
    for rest, held in _parts(judged, folds):
        parameters, out = fitted(rest, thetas), judged.where(held)
        new[held] = out.final(parameters)
        right[held] = _right(new[held], out.accepted, parameters.threshold)
    known = ~np.isnan(new)
    groups, weights = judged.groups[known], judged.counted[known]
    of_old, of_new = (mean_over_parts(auc, final[known], judged.accepted[known], folds[known]) for final in (old, new))
    of_before = _right(old[known], judged.accepted[known], active.threshold)
    return {
        "before": HeldOut(resampled(of_old, groups, weights), share_of(of_before, groups)),
        "after": HeldOut(resampled(of_new, groups, weights), share_of(right[known], groups)),
        "gain": resampled(lambda counted: of_new(counted) - of_old(counted), groups, weights),
        "right_gain": clustered_mean(right[known] - of_before, groups),
    }
