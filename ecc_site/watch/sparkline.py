"""A line of a few figures as the points of an SVG polyline, drawn without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecc_site.models import Measurement

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 3.0


@dataclass(frozen=True)
class Sparkline:
    """points: `x,y` pairs; bound: the height of the bound, None without one; last: where the line ends."""

    points: str
    bound: float | None
    last: tuple[float, float]


def sparkline(newest_first: Sequence[Measurement], bound: float | None) -> Sparkline:
    """Of at least one measurement; the bound is always inside the picture."""
    values = [row.value for row in reversed(newest_first)]
    shown = values if bound is None else [*values, bound]
    low, high = min(shown), max(shown)

    def height(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    places = [(round(EDGE + i * step, 1), height(value)) for i, value in enumerate(values)]
    points = " ".join(f"{x},{y}" for x, y in places)
    return Sparkline(points, None if bound is None else height(bound), places[-1])
