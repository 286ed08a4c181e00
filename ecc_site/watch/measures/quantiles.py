"""How far a quantile has moved between two samples whose values come in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

import numpy as np

from review.agreement.measures.wilson import design_effect, wilson


@dataclass(frozen=True)
class Sample:
    """N values, all known, N > 0, and the cluster of each; both of shape (N,)."""

    values: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True)
class Quantile:
    """With its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Moved:
    """By how much a quantile is higher now than before, with its interval."""

    now: float
    before: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.now - self.before


def quantile(of: Sample, share: float, level: float) -> Quantile:
    """The value below which this share of the values lies, with an interval of this level (Woodruff 1952).

    The share that lies below the quantile has Wilson's interval, for which N is divided by the design effect of the
    clusters; the interval of the quantile reaches from the quantile of its lower to that of its upper end. No normal
    distribution is assumed.
    """
    value = _at(of, share)
    count = len(of.values) / design_effect((of.values <= value).astype(float), of.groups)
    low, high = wilson(share, count, level)
    return Quantile(value, _at(of, low), _at(of, high))


def moved(now: Sample, before: Sample, share: float, level: float) -> Moved:
    """The difference of the quantiles of two samples with an interval of this level.

    The two intervals are put together by MOVER (Zou and Donner 2008), which takes the samples as independent: a
    dialogue that lies in both makes the interval a little too wide.
    """
    a, b = quantile(now, share, level), quantile(before, share, level)
    middle = a.value - b.value
    low = middle - hypot(a.value - a.low, b.high - b.value)
    return Moved(a.value, b.value, low, middle + hypot(a.high - a.value, b.value - b.low))


def _at(of: Sample, share: float) -> float:
    return float(np.quantile(of.values, share))
