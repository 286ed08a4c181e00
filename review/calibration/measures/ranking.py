"""Ranks and runs of equal values, which all measures of order are computed from."""

from __future__ import annotations

import numpy as np


def codes_of(values: np.ndarray) -> np.ndarray:
    """Shape (N,): of each value how many different ones are below it."""
    return np.unique(values, return_inverse=True)[1]


def mass_below(codes: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each item the weight of those with a lower code, and of those with its own, both of the shape of weights.

    codes: shape (N,), from 0 to U - 1, none missing; weights: shape (R, N).
    """
    order = np.argsort(codes, kind="stable")
    sums = _running_sums(weights[:, order])  # (R, N + 1)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(codes))])
    edges = sums[:, bounds]  # (R, U + 1)
    return edges[:, codes], edges[:, codes + 1] - edges[:, codes]


def tied_pairs(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum over the different values of the square of their weight, shape (R,)."""
    _, own = mass_below(codes, weights)
    return (own * weights).sum(axis=1)


def above_rounding(values: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The values, and 0 for what only rounding has left of 0 beside quantities of this scale."""
    return np.where(values > 1e-12 * scale, values, 0.0)


def concordance(lower: np.ndarray, upper: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weight of the pairs that both order alike, less that of those they order in opposite ways, shape (R,).

    lower, upper: codes, shape (N,), of which the first should have fewer values; weights: shape (R, N). Two items
    differ in the first at a highest binary digit of their codes, so that each pair is found at one digit: time
    R · N · log(different values), however the weights vary (the weighted form of Knight, JASA 61, 1966).
    """
    total = np.zeros(len(weights))
    for digit in range(int(lower.max()).bit_length()):
        total += _at_digit(lower >> digit, upper, weights)
    return total


def _at_digit(prefixes: np.ndarray, upper: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Over the pairs whose prefixes differ in their last digit alone."""
    order = np.lexsort((upper, prefixes >> 1))
    group, run = prefixes[order] >> 1, upper[order]
    is_high = (prefixes[order] & 1).astype(bool)
    sorted_weights = weights[:, order]
    sums = _running_sums(np.where(is_high, 0.0, sorted_weights))  # (R, N + 1)
    new_group = np.diff(group, prepend=-1) != 0
    new_run = new_group | (np.diff(run, prepend=-1) != 0)
    first, last = _bounds(new_run)
    start, end = _bounds(new_group)
    high = np.flatnonzero(is_high)
    below = sums[:, first[high]] - sums[:, start[high]]
    above = sums[:, end[high]] - sums[:, last[high]]
    return (sorted_weights[:, high] * (below - above)).sum(axis=1)


def _bounds(is_new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each item where its block of equals begins, and where it ends."""
    starts = np.flatnonzero(is_new)
    block = np.cumsum(is_new) - 1
    return starts[block], np.append(starts[1:], len(is_new))[block]


def _running_sums(weights: np.ndarray) -> np.ndarray:
    """With a 0 before the first, shape (R, N + 1)."""
    return np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
