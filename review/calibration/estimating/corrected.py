"""The automatic score corrected by people: a mean of their verdicts that the scores of many more replies make precise.

Prediction-powered inference with power tuning: Angelopoulos, Duchi and Zrnic, *PPI++* (2023, arXiv 2311.01453), for
means and differences of means; with verdicts that were not drawn evenly as in Zrnic and Candès, *Active Statistical
Inference* (2024, arXiv 2403.03208), and variances clustered by dialogue. Plain numpy and scipy, no Django.

Written here because `glide-py` 0.11 needs Python 3.12, weighs its clusters equally whatever their sizes, refuses
dialogues that were read in part, and has no estimator with both clusters and weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import LEVEL
from review.calibration.measures.clusters import Clusters, clustered_mean, t_interval
from review.calibration.measures.intervals import ROUNDING, Interval

LEAST_VERDICTS = 20  # over fewer, or in fewer dialogues, the interval is not to be trusted
LEAST_DIALOGUES = 12


@dataclass(frozen=True)
class Population:
    """N replies, of which people read some. All of shape (N,), NaN for unknown.

    said: what people said of each, in the mean: any number, such as 1 for accepted; scores: of the replies, or of
    differences; groups: dialogues; weights: where not all were as likely to be read, the inverse of each one's
    probability, needed of those that were, and NaN where it is not known: what was said of them does not count.
    """

    said: np.ndarray
    scores: np.ndarray
    groups: np.ndarray
    weights: np.ndarray | None = None

    @property
    def read(self) -> np.ndarray:
        """Which replies correct the scores."""
        known = ~np.isnan(self.said) & ~np.isnan(self.scores)
        return known if self.weights is None else known & ~np.isnan(self.weights)

    @property
    def scored(self) -> np.ndarray:
        return ~np.isnan(self.scores)

    @property
    def enough(self) -> bool:
        """Whether there are verdicts in two dialogues, without which no interval is known."""
        return len(np.unique(self.groups[self.read])) > 1

    @property
    def suffices(self) -> bool:
        """Whether there are so many verdicts that the corrected interval can be trusted."""
        read = self.read
        return int(read.sum()) >= LEAST_VERDICTS and len(np.unique(self.groups[read])) >= LEAST_DIALOGUES


@dataclass(frozen=True)
class Corrected:
    """Three answers to one question.

    corrected: what people would say of all replies in the mean, by their verdicts and the scores; `n` counts verdicts.
    verdicts: by their verdicts alone. naive: the mean of the scores alone, whose interval knows nothing of their error.
    to_halve: how many verdicts more, drawn at random, halve the corrected interval; None where even all would not.
    """

    corrected: Interval
    verdicts: Interval
    naive: Interval
    to_halve: int | None

    @property
    def narrower(self) -> float | None:
        """How much narrower the scores make the interval of the verdicts, as a share of it."""
        widths = [_width(interval) for interval in (self.corrected, self.verdicts)]
        return 1 - widths[0] / widths[1] if widths[0] is not None and widths[1] else None


def corrected(population: Population, level: float = LEVEL) -> Corrected:
    """The mean of one population: of outcomes, or of 0 and 1 for a share."""
    return _answers([population], [1.0], level)


def corrected_difference(first: Population, second: Population, level: float = LEVEL) -> Corrected:
    """How much more the mean of the first is. Their dialogues may be the same, and their verdicts about the same turns
    or about others: what the dialogues have in common cancels as far as it can.
    """
    return _answers([first, second], [1.0, -1.0], level)


def corrected_mean(population: Population, level: float = LEVEL) -> Interval:
    """The corrected interval alone."""
    return _estimated([population], [1.0], level).interval(level)


# --- how it is computed


@dataclass(frozen=True)
class _Sample:
    """Values, all known, with their dialogues and weights, each of shape (B,)."""

    values: np.ndarray
    groups: np.ndarray
    weights: np.ndarray | None = None

    @classmethod
    def of_verdicts(cls, population: Population) -> _Sample:
        read = population.read
        weights = None if population.weights is None else population.weights[read]
        return cls(population.said[read], population.groups[read], weights)

    @classmethod
    def of_scores(cls, population: Population) -> _Sample:
        return cls(population.scores[population.scored], population.groups[population.scored])


@dataclass(frozen=True)
class _Estimated:
    """A corrected mean with its variance: of the dialogues that were read, with `freedom`, and of the others.

    alone: variance of the verdicts without the scores.
    """

    mean: float
    read: float
    others: float
    alone: float
    freedom: float
    others_freedom: float
    n: int
    total: int

    @property
    def variance(self) -> float:
        return self.read + self.others

    def interval(self, level: float) -> Interval:
        freedom = _welch([(self.read, self.freedom), (self.others, self.others_freedom)])
        return t_interval(self.mean, self.variance, freedom, self.n, level)

    def to_halve(self, level: float) -> int | None:
        """Var(n) = σ² (1 - ρ²) / n + σ² ρ² / N, with as many dialogues more as verdicts, and Student's quantiles."""
        if self.alone <= ROUNDING**2:
            return None
        explained = max(0.0, 1 - self.variance / self.alone) / max(ROUNDING, 1 - self.n / self.total)
        explained = min(explained, 1.0)

        def half_width(n: int) -> float:
            more = n / self.n
            variance = self.alone * ((1 - explained) / more + explained * self.n / self.total)
            return _quantile(self.freedom * more, level) * math.sqrt(variance)

        low, high = self.n, self.total
        wanted = half_width(self.n) / 2
        if half_width(high) > wanted:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if half_width(middle) <= wanted else (middle, high)
        return high - self.n


def _answers(populations: Sequence[Population], signs: Sequence[float], level: float) -> Corrected:
    naive = _combined([_Sample.of_scores(population) for population in populations], signs, level)
    verdicts = _combined([_Sample.of_verdicts(population) for population in populations], signs, level)
    if not all(population.enough for population in populations):
        n = sum(int(population.read.sum()) for population in populations)
        return Corrected(Interval(None, None, None, n, level), verdicts, naive, None)
    estimated = _estimated(populations, signs, level)
    return Corrected(estimated.interval(level), verdicts, naive, estimated.to_halve(level))


def _estimated(populations: Sequence[Population], signs: Sequence[float], level: float) -> _Estimated:
    """θ = Σ ± (mean(said) - λ · (mean(scores of what was read) - mean(all scores))), with the λ of each population that
    together make the variance smallest: 0 where the scores say nothing of the verdicts, so that it is never much worse
    than these alone. Needs a dozen dialogues with verdicts to be trusted.
    """
    labels = np.unique(np.concatenate([population.groups for population in populations]))
    parts = [_Part.of(population, labels) for population in populations]
    people = np.sum([sign * part.said for sign, part in zip(signs, parts, strict=True)], axis=0)  # (G,)
    control = np.column_stack([part.read_scores - part.all_scores for part in parts])  # (G, K)
    is_read = np.any([part.is_read for part in parts], axis=0)
    useful = (control**2).sum(axis=0) > ROUNDING**2
    tuned = np.zeros(len(parts))
    if useful.any():
        tuned[useful] = np.linalg.lstsq(control[:, useful], people, rcond=None)[0]
    left = people - control @ tuned
    freedom = min(part.freedom for part in parts)
    rest = max(1.0, freedom - int(useful.sum()))  # the λ were fitted to the same dialogues
    mean = sum(sign * part.mean for sign, part in zip(signs, parts, strict=True))
    return _Estimated(
        mean=mean - float(tuned @ np.array([part.apart for part in parts])),
        read=float((left[is_read] ** 2).sum()) * freedom / rest,
        others=float((left[~is_read] ** 2).sum()),
        alone=float((people**2).sum()),
        freedom=rest,
        others_freedom=max(1.0, float((~is_read).sum() - 1)),
        n=sum(part.n for part in parts),
        total=sum(part.total for part in parts),
    )


@dataclass(frozen=True)
class _Part:
    """Of one population what each dialogue adds to the error of three means, shape (G,); 0 where it is not in them."""

    said: np.ndarray
    read_scores: np.ndarray
    all_scores: np.ndarray
    is_read: np.ndarray
    mean: float  # of what people said
    apart: float  # mean score of what was read, less that of all
    freedom: float
    n: int
    total: int

    @classmethod
    def of(cls, population: Population, labels: np.ndarray) -> _Part:
        verdicts, scores = _Sample.of_verdicts(population), _Sample.of_scores(population)
        people = Clusters.of(verdicts.values, verdicts.groups, verdicts.weights)
        machine = Clusters.of(population.scores[population.read], verdicts.groups, verdicts.weights)
        everywhere = Clusters.of(scores.values, scores.groups)
        return cls(
            said=_placed(people, verdicts.groups, labels),
            read_scores=_placed(machine, verdicts.groups, labels),
            all_scores=_placed(everywhere, scores.groups, labels),
            is_read=np.isin(labels, verdicts.groups),
            mean=people.mean,
            apart=machine.mean - everywhere.mean,
            freedom=people.freedom,
            n=people.n,
            total=everywhere.n,
        )


def _placed(clusters: Clusters, groups: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Its deviations at the places of their dialogues."""
    placed = np.zeros(len(labels))
    placed[np.searchsorted(labels, np.unique(groups))] = clusters.deviations
    return placed


def _combined(samples: Sequence[_Sample], signs: Sequence[float], level: float) -> Interval:
    """Sum of ± their means."""
    if len(samples) == 1 and samples[0].weights is None:
        return clustered_mean(samples[0].values, samples[0].groups, level)
    n = sum(len(sample.values) for sample in samples)
    if any(len(np.unique(sample.groups)) < 2 for sample in samples):
        return Interval(None, None, None, n, level)
    labels = np.unique(np.concatenate([sample.groups for sample in samples]))
    found = [Clusters.of(sample.values, sample.groups, sample.weights) for sample in samples]
    error = np.zeros(len(labels))
    for sign, sample, clusters in zip(signs, samples, found, strict=True):
        error += sign * _placed(clusters, sample.groups, labels)
    mean = sum(sign * clusters.mean for sign, clusters in zip(signs, found, strict=True))
    freedom = min(clusters.freedom for clusters in found)
    return t_interval(mean, float((error**2).sum()), freedom, n, level)


def _quantile(freedom: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def _width(interval: Interval) -> float | None:
    return None if interval.low is None or interval.high is None else interval.high - interval.low


def _welch(parts: list[tuple[float, float]]) -> float:
    """Degrees of freedom of a sum of independent variances (Welch 1947)."""
    total = sum(variance for variance, _ in parts)
    if total <= ROUNDING**2:
        return min(freedom for _, freedom in parts)
    return total**2 / sum(variance**2 / freedom for variance, freedom in parts)
