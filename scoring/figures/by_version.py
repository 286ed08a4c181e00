"""What some final scores say of each version: mean with interval, share acceptable, Θ share, distribution, rank."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.groups import Groups
from scoring.figures.intervals import half_interval
from scoring.parameters import Parameters

BINS = 20


@dataclass(frozen=True)
class VersionFigures:
    """Of one version's scores under one set of parameters. None where no score is known."""

    version: int
    total: int
    known: int
    acceptable: int  # with a final score from the threshold on
    theta_rule: int  # known ones that are scored by similarity alone
    histogram: list[int]  # BINS of equal width over [0, 1]; the last one includes 1
    mean: float | None = None
    low: float | None = None  # 95%, clustered by dialogue; None also for a single dialogue
    high: float | None = None
    rank: int | None = None  # 1 has the highest mean

    @property
    def share_acceptable(self) -> float | None:
        """Of the known scores."""
        return self.acceptable / self.known if self.known else None

    @property
    def share_theta(self) -> float | None:
        return self.theta_rule / self.known if self.known else None


def figures(columns: Columns, groups: Groups, parameters: Parameters, final: np.ndarray) -> list[VersionFigures]:
    """In the order of the versions' ids. `final` (N,) are the scores under the parameters."""
    found = []
    for version, rows, begins in zip(groups.versions, groups.stretches, groups.clusters, strict=True):
        found.append(_of_version(int(version), final[rows], columns.match_cloud[rows], begins, parameters))
    known = sorted((row for row in found if row.mean is not None), key=lambda row: -(row.mean or 0))
    ranks = {row.version: rank for rank, row in enumerate(known, start=1)}
    return [replace(row, rank=ranks.get(row.version)) for row in found]


def _of_version(
    version: int, final: np.ndarray, match_cloud: np.ndarray, begins: np.ndarray, parameters: Parameters
) -> VersionFigures:
    is_known = ~np.isnan(final)
    known = final[is_known]
    found = VersionFigures(
        version,
        total=len(final),
        known=len(known),
        acceptable=int(np.count_nonzero(known >= parameters.threshold)),
        theta_rule=int(np.count_nonzero(is_known & (match_cloud < parameters.theta))),
        histogram=_histogram(known),
    )
    if not found.known:
        return found
    mean = float(known.mean())
    clusters = int(np.count_nonzero(np.logical_or.reduceat(is_known, begins)))
    half = half_interval(np.where(is_known, final - mean, 0.0), begins, found.known, clusters)
    low, high = (None, None) if half is None else (max(0.0, mean - half), min(1.0, mean + half))
    return replace(found, mean=mean, low=low, high=high)


def _histogram(known: np.ndarray) -> list[int]:
    counted = np.bincount((known * BINS).astype(np.int64), minlength=BINS + 1)
    return [*counted[: BINS - 1].tolist(), int(counted[BINS - 1] + counted[BINS])]
