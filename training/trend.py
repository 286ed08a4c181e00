"""Where a loss curve is going, in one word."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

SHARE = 5  # the last fifth of the curve is compared with the fifth before it
NOTICEABLE = 0.01  # relative change


def trend(losses: Sequence[float]) -> str:
    """falling | level | rising; empty where there are too few points to tell."""
    part = len(losses) // SHARE
    if part < 2:
        return ""
    before, now = fmean(losses[-2 * part : -part]), fmean(losses[-part:])
    if abs(now - before) <= NOTICEABLE * abs(before):
        return "level"
    return "falling" if now < before else "rising"
