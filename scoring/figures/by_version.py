"""What some final scores say of each version: mean with interval, share acceptable, Θ share, distribution, rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.groups import Groups
from scoring.figures.parameters import Parameters

BINS = 20
Z95 = 1.959964  # two-sided 95% of the normal distribution


@dataclass(frozen=True)
class VersionFigures:
    """Of one version's scores under one set of parameters; `rank` 1 has the highest mean. None without known scores."""

    version: int
    total: int
    known: int
    mean: float | None
    low: float | None  # 95%, clustered by dialogue; None for a single dialogue
    high: float | None
    acceptable: int  # with a final score from the threshold on
    theta_rule: int  # scored by similarity alone
    histogram: list[int]  # BINS of equal width over [0, 1]; the last one includes 1
    rank: int | None

    @property
    def share_acceptable(self) -> float | None:
        """Of the known scores."""
        return self.acceptable / self.known if self.known else None

    @property
    def share_theta(self) -> float | None:
        return self.theta_rule / self.known if self.known else None


def figures(columns: Columns, groups: Groups, parameters: Parameters, final: np.ndarray) -> list[VersionFigures]:
    """In the order of the versions' ids. `final` (N,) are the scores under the parameters."""
    known = ~np.isnan(final)
    count = groups.count(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = groups.total(np.where(known, final, 0)) / count  # (V,), NaN for none
    halves = _half_intervals(groups, known, final, means, count)
    accepted = groups.count(final >= parameters.threshold)
    by_theta = groups.count(known & (columns.match_cloud < parameters.theta))
    histograms = _histograms(groups, known, final)
    order = np.argsort(-np.nan_to_num(means, nan=-1.0), kind="stable")
    ranks = {int(code): rank for rank, code in enumerate(order, start=1)}
    totals = np.bincount(groups.code, minlength=len(groups.versions))
    return [
        _figures(
            version=int(version),
            total=int(totals[i]),
            known=int(count[i]),
            mean=float(means[i]),
            half=float(halves[i]),
            acceptable=int(accepted[i]),
            theta_rule=int(by_theta[i]),
            histogram=histograms[i].tolist(),
            rank=ranks[i],
        )
        for i, version in enumerate(groups.versions)
    ]


def _figures(*, known: int, mean: float, half: float, rank: int, **rest) -> VersionFigures:
    low, high = (None, None) if np.isnan(half) else (max(0.0, mean - half), min(1.0, mean + half))
    if not known:
        return VersionFigures(known=0, mean=None, low=None, high=None, rank=None, **rest)
    return VersionFigures(known=known, mean=mean, low=low, high=high, rank=rank, **rest)


def _half_intervals(groups: Groups, known: np.ndarray, final: np.ndarray, means: np.ndarray, count: np.ndarray):
    """Half the width of the 95% interval of each mean (V,), NaN where there are fewer than two dialogues.

    Turns of a dialogue are alike, so the variance is that of the sums of their deviations (clustered by dialogue).
    """
    deviations = np.where(known, final - means[groups.code], 0)
    sums = np.bincount(groups.cluster, weights=deviations, minlength=len(groups.version_of_cluster))
    has_known = np.bincount(groups.cluster[known], minlength=len(sums)) > 0
    clusters = np.bincount(groups.version_of_cluster[has_known], minlength=len(groups.versions))
    squares = np.bincount(groups.version_of_cluster, weights=sums**2, minlength=len(groups.versions))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares / count**2 * clusters / (clusters - 1)
    return np.where(clusters > 1, Z95 * np.sqrt(variance), np.nan)


def _histograms(groups: Groups, known: np.ndarray, final: np.ndarray) -> np.ndarray:
    """(V, BINS)"""
    bins = np.minimum((final[known] * BINS).astype(np.int64), BINS - 1)
    counted = np.bincount(groups.code[known] * BINS + bins, minlength=len(groups.versions) * BINS)
    return counted.reshape(len(groups.versions), BINS)
