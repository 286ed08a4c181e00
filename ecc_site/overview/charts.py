"""Small figures of the last days."""

from __future__ import annotations

from collections.abc import Sequence

from ecc_site.core.charts import theme_colour


def by_day(days: Sequence[tuple[str, int]], title: str, colour: str) -> dict:
    """A bar for each day with its number."""
    bars = {
        "type": "bar",
        "x": [day for day, _n in days],
        "y": [n for _day, n in days],
        "name": title,
        "marker": {"color": theme_colour(colour)},
        "hovertemplate": "%{x}: %{y:,}<extra>%{fullData.name}</extra>",
    }
    layout = {
        "height": 180,
        "bargap": 0.2,
        "showlegend": False,
        "xaxis": {"type": "date", "tickformat": "%Y-%m-%d", "nticks": 4, "tickangle": 0, "fixedrange": True},
        "yaxis": {"rangemode": "tozero", "automargin": True, "nticks": 4, "tickformat": ",d", "fixedrange": True},
    }
    return {"data": [bars], "layout": layout}
