"""A mean of people's outcomes that the automatic scores of many more turns make more precise.

Prediction-powered inference with power tuning: Angelopoulos, Duchi and Zrnic, *PPI++* (2023, arXiv 2311.01453),
equations 2 and 9, for a mean, with variances clustered by dialogue. Plain numpy, no Django.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from training.evaluation.clusters import Clusters, t_interval
from training.evaluation.statistics import LEVEL, ROUNDING, Interval


@dataclass(frozen=True)
class Sample:
    """B values, all known, with the B labels of the clusters that they come in."""

    values: np.ndarray
    groups: Sequence[Hashable] | np.ndarray


def corrected_mean(outcomes: ArrayLike, scores: Sample, others: Sample | None = None, level: float = LEVEL) -> Interval:
    """Mean outcome with its interval. `n` counts the outcomes.

    outcomes: shape (B,), what people said of the turns that `scores` has the scores of; others: the scores of turns in
    clusters about which nobody said anything, None where there are none.
    θ = mean(outcomes) - λ · (mean(scores) - mean(others)), with the λ that makes its variance smallest: 0 where the
    scores say nothing of the outcomes, so that it is never much worse than the outcomes alone. Needs a dozen clusters
    of outcomes to be trusted, and two of the others.
    """
    said = np.asarray(outcomes, dtype=float)
    people, machine = Clusters.of(said, scores.groups), Clusters.of(scores.values, scores.groups)
    if others is None:
        return t_interval(people.mean, people.variance, people.freedom, people.n, level)
    elsewhere = Clusters.of(others.values, others.groups)
    noise = machine.variance + elsewhere.variance
    tuned = people.covariance(machine) / noise if noise > ROUNDING**2 else 0.0
    rest = Clusters.of(said - tuned * scores.values, scores.groups)
    own = rest.variance * rest.freedom / (rest.freedom - 1)  # λ was fitted to the same clusters
    borrowed = tuned**2 * elsewhere.variance
    freedom = _welch([(own, rest.freedom - 1), (borrowed, elsewhere.freedom)])
    return t_interval(rest.mean + tuned * elsewhere.mean, own + borrowed, freedom, people.n, level)


def _welch(parts: list[tuple[float, float]]) -> float:
    """Degrees of freedom of a sum of independent variances (Welch 1947)."""
    total = sum(variance for variance, _ in parts)
    if total <= ROUNDING**2:
        return min(freedom for _, freedom in parts)
    return total**2 / sum(variance**2 / freedom for variance, freedom in parts)
