"""Figures of the score page, each from plain rows, as the data and layout that plotly draws."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from ecc_site.core.charts import shortened, theme_colour, version_colour, vertical_line
from scoring.comparing import NamedPair
from scoring.figures.by_version import BINS
from scoring.figures.curves import STEPS
from scoring.figures.over_time import PeriodFigures
from scoring.summary import Summary

MOST_TICKS, DAY_MS = 4, 86_400_000
NAMES = {"automargin": True, "type": "category"}
IN_LEGEND = 24  # letters of a name


def distribution(counts: Mapping[str, Sequence[int]], threshold: float) -> dict:
    """Share of each version's final scores per bin, from their counts by its name, with a line at the threshold."""
    bars = [_bars(i, name, values, len(counts)) for i, (name, values) in enumerate(counts.items())]
    layout = {
        "barmode": "overlay",
        "bargap": 0.05,
        "shapes": [vertical_line(threshold, "accent", "dot")],
        "xaxis": _unit_axis(_("final score")),
        "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
        **_legend(len(counts)),
    }
    return {"data": bars, "layout": layout}


def _bars(place: int, name: str, values: Sequence[int], among: int) -> dict:
    return {
        "type": "bar",
        "x": [(i + 0.5) / BINS for i in range(BINS)],
        "y": [value / max(1, sum(values)) for value in values],
        "customdata": list(values),
        "name": name,
        "width": 1 / BINS,
        "opacity": 1 if among == 1 else 0.55,
        "marker": {"color": version_colour(place)},
        "hovertemplate": "%{x:.2f}: %{customdata} (%{y:.0%})<extra>%{fullData.name}</extra>",
    }


def means(summaries: Sequence[Summary]) -> dict:
    """Mean final score of each version with its 95% interval; unknown ones are left out."""
    known = [(i, summary) for i, summary in enumerate(summaries) if summary.mean is not None]
    points = {
        "type": "scatter",
        "x": [s.mean for _i, s in known],
        "y": [s.name for _i, s in known],
        "mode": "markers",
        "marker": {"size": 11, "color": [version_colour(i) for i, _s in known]},
        "error_x": _reach([s.above for _i, s in known], [s.beneath for _i, s in known]),
        "customdata": [s.known for _i, s in known],
        "hovertemplate": "%{x:.3f} (n = %{customdata})<extra>%{y}</extra>",
    }
    return {"data": [points], "layout": {"xaxis": _unit_axis(_("final score")), "yaxis": NAMES, "showlegend": False}}


def differences(pairs: Sequence[NamedPair]) -> dict:
    """How far each version is ahead of the baseline on what both have, with its 95% interval; 0 is no difference."""
    rows = [(pair.name, pair.figures) for pair in pairs if pair.figures.n]
    half = [row.half for _name, row in rows]
    points = {
        "type": "scatter",
        "x": [row.difference for _name, row in rows],
        "y": [name for name, _row in rows],
        "mode": "markers",
        "marker": {"size": 11, "color": [theme_colour("better" if row.is_ahead else "worse") for _name, row in rows]},
        "error_x": _reach(half, half),
        "customdata": [row.n for _name, row in rows],
        "hovertemplate": "%{x:+.3f} (n = %{customdata})<extra>%{y}</extra>",
    }
    baseline = html.escape(pairs[0].baseline, quote=False)  # as_json escapes what is data, and no titles
    title = _("difference of the final score from %(version)s") % {"version": baseline}
    axis = {"title": {"text": title}, "tickformat": "+.2f"}
    layout = {"xaxis": axis, "yaxis": NAMES, "showlegend": False, "shapes": [vertical_line(0, "customer")]}
    return {"data": [points], "layout": layout}


def curves(means_of: Mapping[str, np.ndarray], at: float, symbol: str) -> dict:
    """Each version's mean (len(STEPS),) over α or Θ, by its name; the line marks the value that is tried."""
    lines = [
        {
            "type": "scatter",
            "x": STEPS.tolist(),
            "y": [None if np.isnan(value) else round(float(value), 4) for value in values],
            "name": name,
            "mode": "lines",
            "line": {"color": version_colour(i)},
            "hovertemplate": "%{x:.2f}: %{y:.3f}<extra>%{fullData.name}</extra>",
        }
        for i, (name, values) in enumerate(means_of.items())
    ]
    layout = {
        "height": 220,
        "shapes": [vertical_line(at, "accent", "dot")],
        "xaxis": _unit_axis(symbol),
        "yaxis": {"automargin": True, "tickformat": ".2f"},
        **_legend(len(lines)),
    }
    return {"data": lines, "layout": layout}


def by_name(lines: Mapping[str, Sequence[tuple[str, float, float | None, int, str]]]) -> dict:
    """Means by some name, with their intervals: of each version rows of name, mean, half of its interval, n, query."""
    traces = [_means_by_name(i, version, rows) for i, (version, rows) in enumerate(lines.items())]
    names = {row[0] for rows in lines.values() for row in rows}
    layout = {"height": 110 + 26 * len(names), "xaxis": _unit_axis(_("final score")), "yaxis": NAMES}
    return {"data": traces, "layout": layout | _legend(len(lines))}


def _means_by_name(place: int, version: str, rows: Sequence[tuple[str, float, float | None, int, str]]) -> dict:
    half = [row[2] or 0 for row in rows]
    return {
        "type": "scatter",
        "x": [row[1] for row in rows],
        "y": [row[0] for row in rows],
        "name": version,
        "mode": "markers",
        "marker": {"size": 10, "color": version_colour(place)},
        "error_x": _reach(half, half),
        "customdata": [row[3] for row in rows],
        "meta": [row[4] for row in rows],
        "hovertemplate": "%{y}: %{x:.3f} (n = %{customdata})<extra>%{fullData.name}</extra>",
    }


def heat_map(names: Sequence[str], values: Sequence[Sequence[float | None]], queries: Sequence[Sequence[str]]) -> dict:
    """Correlations in [-1, 1] of everything with everything, None for unknown."""
    cells = {
        "type": "heatmap",
        "x": list(names),
        "y": list(names),
        "z": [list(row) for row in values],
        "text": [["–" if value is None else f"{value:.2f}" for value in row] for row in values],
        "texttemplate": "%{text}",
        "showscale": False,
        "zmin": -1,
        "zmax": 1,
        "colorscale": [[0, theme_colour("worse")], [0.5, theme_colour("surface")], [1, theme_colour("better")]],
        "meta": [list(row) for row in queries],
        "hovertemplate": "%{x} · %{y}: %{text}<extra></extra>",
    }
    axis = {"automargin": True, "type": "category"}
    return {"data": [cells], "layout": {"xaxis": axis, "yaxis": axis | {"autorange": "reversed"}}}


def over_time(
    rows: Mapping[str, Sequence[PeriodFigures]],
    champions: Sequence[tuple[date, str]],
    *,
    title: str = "",
    number: str = ".2f",
) -> dict:
    """The mean of each version by its name, period by period, with its 95% interval; of final scores unless titled.

    champions: the day on which a version began to answer customers, and its name; each gets a mark. number: how a mean
    is written, in the format of d3.
    """
    colours = {name: version_colour(i) for i, name in enumerate(rows)}
    short = shortened(list(rows), IN_LEGEND)
    days = [row.begins for of in rows.values() for row in of] + [day for day, _name in champions]
    lines = [_line(name, short[name], of, colours[name], number) for name, of in rows.items()]
    layout = {
        "shapes": [vertical_line(day.isoformat(), "customer", "dot") for day, _name in champions],
        "xaxis": {"type": "date", "automargin": True, "tickformat": "%Y-%m-%d", "tickangle": 0, **_ticks(days)},
        "yaxis": {"title": {"text": title or _("final score")}, "tickformat": number, "automargin": True},
        **_legend(len(lines) + len(champions)),
    }
    if not champions:
        return {"data": lines, "layout": layout}
    above = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    return {"data": [*lines, _marks(champions, colours)], "layout": layout | {"yaxis2": above}}


def _ticks(days: Sequence[date]) -> dict:
    """One for each of a few days, since plotly would divide them into hours, which all look like the same day."""
    few = days and (max(days) - min(days)).days < MOST_TICKS
    return {"dtick": DAY_MS} if few else {"nticks": MOST_TICKS}


def _line(name: str, short: str, of: Sequence[PeriodFigures], colour: str, number: str) -> dict:
    means = [row.mean or 0.0 for row in of]
    above = [0.0 if row.high is None else row.high - mean for row, mean in zip(of, means, strict=True)]
    beneath = [0.0 if row.low is None else mean - row.low for row, mean in zip(of, means, strict=True)]
    return {
        "type": "scatter",
        "x": [row.begins.isoformat() for row in of],
        "y": means,
        "name": short,
        "mode": "lines+markers",
        "line": {"color": colour},
        "marker": {"size": 7},
        "error_y": _reach(above, beneath) | {"color": colour, "thickness": 1, "width": 2},
        "customdata": [[row.known, name] for row in of],
        "hovertemplate": f"%{{x}}: %{{y:{number}}} (n = %{{customdata[0]}})<extra>%{{customdata[1]}}</extra>",
    }


def _marks(champions: Sequence[tuple[date, str]], colours: Mapping[str, str]) -> dict:
    """A mark at the top where a version began to answer customers, in the colour of its line."""
    return {
        "type": "scatter",
        "x": [day.isoformat() for day, _name in champions],
        "y": [1] * len(champions),
        "yaxis": "y2",
        "name": _("began to answer customers"),
        "mode": "markers",
        "cliponaxis": False,
        "marker": {
            "symbol": "triangle-down",
            "size": 12,
            "color": [colours.get(name, theme_colour("customer")) for _day, name in champions],
        },
        "customdata": [name for _day, name in champions],
        "hovertemplate": "%{x}: %{customdata}<extra>%{fullData.name}</extra>",
    }


def _reach(above: Sequence[float], beneath: Sequence[float]) -> dict:
    bar = {"type": "data", "symmetric": False, "color": theme_colour("customer")}
    return bar | {"array": list(above), "arrayminus": list(beneath)}


def _unit_axis(title: str) -> dict:
    return {"range": [0, 1], "title": {"text": title}}


def _legend(entries: int) -> dict:
    return {"showlegend": entries > 1, "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}}
