"""Figures of the gate, each from plain numbers."""

from __future__ import annotations

from review.calibration.measures.intervals import Interval


def interval_bar(interval: Interval, margin: float) -> dict[str, float] | None:
    """Places on a bar, in percent of its width: low, width, point, zero, margin. None without an interval."""
    if interval.mean is None or interval.low is None or interval.high is None:
        return None
    edge = 1.15 * max(abs(interval.low), abs(interval.high), abs(margin), 0.01)

    def place(value: float) -> float:
        return round(50 + 50 * value / edge, 2)

    return {
        "low": place(interval.low),
        "width": round(place(interval.high) - place(interval.low), 2),
        "point": place(interval.mean),
        "zero": 50.0,
        "margin": place(margin),
    }
