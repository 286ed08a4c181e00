"""Krippendorff's alpha, nominal and ordinal, for any number of raters and missing values.

Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011), section D, with his metrics of difference. Written
here because the package `krippendorff` is under the GPL and another, `evalica`, loads pandas into the web process.
"""

from __future__ import annotations

import numpy as np

from review.agreement.measures.coefficients import Coefficient, ratio


def _terms(counts: np.ndarray) -> np.ndarray:
    """What each item adds to the coincidences of values, shape (I, C * C); items with one value cannot be paired."""
    values = counts.sum(axis=1)
    pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(counts.shape[1]))
    coincidences = pairs / np.maximum(values - 1, 1)[:, None, None]
    return np.where(values > 1, coincidences.T, 0).T.reshape(len(counts), counts.shape[1] ** 2)


def _coincidences(sums: np.ndarray) -> np.ndarray:
    """Shape (..., C, C)."""
    categories = int(sums.shape[-1] ** 0.5)
    return sums.reshape(*sums.shape[:-1], categories, categories)


def _nominal(sums: np.ndarray) -> np.ndarray:
    coincidences = _coincidences(sums)
    return _alpha(coincidences, 1 - np.eye(coincidences.shape[-1]))


def _ordinal(sums: np.ndarray) -> np.ndarray:
    """The difference of two ranks is the number of values between them, half of their own included."""
    coincidences = _coincidences(sums)
    totals = coincidences.sum(axis=-1)
    middles = np.cumsum(totals, axis=-1) - totals / 2
    return _alpha(coincidences, (middles[..., :, None] - middles[..., None, :]) ** 2)


def _alpha(coincidences: np.ndarray, differences: np.ndarray) -> np.ndarray:
    totals = coincidences.sum(axis=-1)
    values = totals.sum(axis=-1)
    observed = (coincidences * differences).sum(axis=(-2, -1))
    expected = (totals[..., :, None] * totals[..., None, :] * differences).sum(axis=(-2, -1))
    return 1 - ratio((values - 1) * observed, expected)


# At most 1; NaN where nothing was rated twice or only one category was used.
NOMINAL = Coefficient(_terms, _nominal)
# The same for categories in the order of their codes.
ORDINAL = Coefficient(_terms, _ordinal)
