"""Each version's mean final score over all α, and over all Θ, while the other stays; exact, without a pass for each."""

from __future__ import annotations

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.groups import Groups
from scoring.figures.parameters import Parameters

STEPS = np.linspace(0, 1, 51)


def over_alpha(columns: Columns, groups: Groups, parameters: Parameters) -> np.ndarray:
    """Means (V, len(STEPS)), NaN where a version has no known score. Given Θ, the sum is a straight line in α."""
    alone = columns.match_cloud < parameters.theta
    mixed = ~alone & ~np.isnan(columns.match_cloud + columns.similarity + columns.match_end)
    alone &= ~np.isnan(columns.similarity)
    similar = groups.total(np.where(alone | mixed, columns.similarity, 0))  # at α = 1
    fixed = groups.total(np.where(alone, columns.similarity, 0))
    matched = groups.total(np.where(mixed, columns.match_end, 0))
    count = groups.count(alone | mixed)
    sums = np.outer(similar, STEPS) + np.outer(fixed + matched, 1 - STEPS)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / count[:, None]


def over_theta(columns: Columns, groups: Groups, parameters: Parameters) -> np.ndarray:
    """Means (V, len(STEPS)). Rows fall under the Θ rule one after another, in the order of their reference match."""
    known = ~np.isnan(columns.match_cloud)
    step = np.searchsorted(STEPS, columns.match_cloud[known], side="right")  # the first step at which the rule applies
    alone = columns.similarity[known]
    mixed = parameters.alpha * alone + (1 - parameters.alpha) * columns.match_end[known]
    code, shape = groups.code[known], (len(groups.versions), len(STEPS) + 1)
    sums = _passed(code, step, alone, shape) + _to_come(code, step, mixed, shape)
    counts = _passed(code, step, 1.0 - np.isnan(alone), shape) + _to_come(code, step, 1.0 - np.isnan(mixed), shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (sums / counts)[:, :-1]


def _by_step(code: np.ndarray, step: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    weights = np.where(np.isnan(values), 0, values)
    return np.bincount(code * shape[1] + step, weights=weights, minlength=shape[0] * shape[1]).reshape(shape)


def _passed(code: np.ndarray, step: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The sum over the rows to which the rule applies at each step."""
    return np.cumsum(_by_step(code, step, values, shape), axis=1)


def _to_come(code: np.ndarray, step: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The sum over the rows to which it does not."""
    by_step = _by_step(code, step, values, shape)
    return by_step.sum(axis=1, keepdims=True) - np.cumsum(by_step, axis=1)
