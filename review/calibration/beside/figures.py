"""Means of measures by version, and rank correlations between all of them and people. Plain numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.bootstrap import resampled
from review.agreement.measures.estimates import Estimate, known
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.spearman import spearman

LEAST = 10  # replies; a correlation over fewer says nothing


@dataclass(frozen=True)
class OfVersion:
    """means: by measure, over `read` replies, a random part of `scored`."""

    version: int
    read: int
    scored: int
    means: dict[str, Estimate]


@dataclass(frozen=True)
class Correlation:
    """Spearman's ρ over n replies of which both are known; None where there are too few, or one never differs."""

    value: float | None
    n: int


@dataclass(frozen=True)
class BesideFigures:
    """names: the measures in the order of the matrix, shape (M, M). people: ρ of each with the share of people who
    accepted the reply, over at most `judged` replies that somebody judged. sample: ids of the comparisons of the means.
    """

    names: list[str]
    versions: list[OfVersion]
    matrix: list[list[Correlation]]
    people: dict[str, Estimate]
    judged: int
    sample: list[int]


def means_of(columns: Mapping[str, np.ndarray], groups: np.ndarray) -> dict[str, Estimate]:
    """With intervals by dialogue. columns: by measure (N,), NaN for unknown; groups: (N,), the dialogues."""
    found = {name: clustered_mean(values, groups) for name, values in columns.items()}
    return {name: Estimate(of.mean, of.low, of.high, of.n) for name, of in found.items()}


def correlations(columns: Mapping[str, np.ndarray]) -> list[list[Correlation]]:
    """Of each two columns of shape (N,), NaN for unknown, over the rows of which both are known."""
    values = list(columns.values())
    found = {(i, j): _correlation(values[i], values[j]) for i in range(len(values)) for j in range(i, len(values))}
    return [[found[min(i, j), max(i, j)] for j in range(len(values))] for i in range(len(values))]


def with_people(columns: Mapping[str, np.ndarray], accepted: np.ndarray, groups: np.ndarray) -> dict[str, Estimate]:
    """ρ of each column with what people said, with intervals by dialogue; all of shape (N,), NaN for unknown."""
    return {name: _with_people(values, accepted, groups) for name, values in columns.items()}


def _correlation(one: np.ndarray, other: np.ndarray) -> Correlation:
    both = ~np.isnan(one) & ~np.isnan(other)
    n = int(both.sum())
    if n < LEAST:
        return Correlation(None, n)
    return Correlation(known(float(spearman(one[both], other[both], np.ones((1, n)))[0])), n)


def _with_people(values: np.ndarray, accepted: np.ndarray, groups: np.ndarray) -> Estimate:
    both = ~np.isnan(values) & ~np.isnan(accepted)
    n = int(both.sum())
    if n < LEAST:
        return Estimate(None, None, None, n)
    return resampled(lambda weights: spearman(values[both], accepted[both], weights), groups[both])
