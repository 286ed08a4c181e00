"""How fast people work, and who works at a pace of their own."""

from __future__ import annotations

import numpy as np

BREAK_S = 300.0  # a longer time between two verdicts was no work
FAR = 3.5  # robust z beyond which a value is an outlier (Iglewicz and Hoaglin 1993)
LEAST_PEOPLE = 5  # with fewer there is no common pace


def per_hour(seconds: np.ndarray) -> float:
    """Verdicts an hour, from when they were given, in seconds; breaks left out, NaN where no two are close together."""
    gaps = np.diff(np.sort(seconds))
    worked = gaps[gaps <= BREAK_S]
    return 3600 * len(worked) / float(worked.sum()) if worked.sum() > 0 else float("nan")


def robust_z(values: np.ndarray) -> np.ndarray:
    """How far each value is from the median, in standard deviations estimated by the median deviation.

    NaN where a value is NaN, fewer than five are known, or most are equal (Iglewicz and Hoaglin 1993).
    """
    known = values[~np.isnan(values)]
    if len(known) < LEAST_PEOPLE:
        return np.full(len(values), np.nan)
    deviation = float(np.median(np.abs(known - np.median(known))))
    return 0.6745 * (values - np.median(known)) / deviation if deviation > 0 else np.full(len(values), np.nan)
