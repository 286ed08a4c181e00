"""Figures of the score page, each from plain rows, as the data and layout that plotly draws."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from ecc_site.core.charts import shortened, theme_colour, version_colour, vertical_line
from ecc_site.core.signs import with_minus
from scoring.comparing import NamedPair
from scoring.figures.by_version import BINS
from scoring.figures.curves import STEPS
from scoring.figures.over_time import PeriodFigures
from scoring.summary import Summary

MOST_TICKS, DAY_MS = 4, 86_400_000
NAMES = {"automargin": True, "type": "category", "autorange": "reversed"}  # the first at the top, as in tables
ROW_PX, LINE_PX, EDGE_PX = 12, 14, 110  # of a chart by name: a row, each version in it, and what is around


def distribution(counts: Mapping[str, Sequence[int]], threshold: float) -> dict:
    """Share of each version's final scores per bin, from their counts by its name, with a line at the threshold.

    One version has bars; several have outlines, since bars before each other mix their colours.
    """
    short, draw = shortened(list(counts)), _bars if len(counts) == 1 else _outline
    layout = {
        "bargap": 0.05,
        "hovermode": "closest",
        "shapes": [vertical_line(threshold, "accent", "dot")],
        "xaxis": _unit_axis(_("final score")),
        "yaxis": {
            "tickformat": ".0%",
            "rangemode": "tozero",
            "automargin": True,
            "title": {"text": _("share of answers")},
        },
        **_legend(len(counts)),
    }
    traces = [
        draw(_in_bins(name, values), version_colour(i)) | {"name": short[name]}
        for i, (name, values) in enumerate(counts.items())
    ]
    return {"data": traces, "layout": layout}


def _in_bins(name: str, values: Sequence[int]) -> dict:
    return {
        "x": [(i + 0.5) / BINS for i in range(BINS)],
        "y": [value / max(1, sum(values)) for value in values],
        "customdata": [[value, name] for value in values],
        "hovertemplate": "%{x:.2f}: %{customdata[0]:,} (%{y:.0%})<extra>%{customdata[1]}</extra>",
    }


def _bars(bins: dict, colour: str) -> dict:
    return bins | {"type": "bar", "width": 1 / BINS, "marker": {"color": colour}}


def _outline(bins: dict, colour: str) -> dict:
    from_end_to_end = {"x": [0, *bins["x"], 1], **{name: to_both_ends(bins[name]) for name in ("y", "customdata")}}
    look = {"type": "scatter", "mode": "lines", "line": {"color": colour, "width": 2, "shape": "hvh"}}
    return bins | from_end_to_end | look


def to_both_ends(of_bins: Sequence) -> list:
    """What stands for each bin, (BINS,), as an outline from 0 to 1 has it: (BINS + 2,)."""
    return [of_bins[0], *of_bins, of_bins[-1]]


def means(summaries: Sequence[Summary]) -> dict:
    """Mean final score of each version with its 95% interval; unknown ones are left out."""
    known = [(i, summary) for i, summary in enumerate(summaries) if summary.mean is not None]
    short = shortened([s.name for _i, s in known])
    points = {
        "type": "scatter",
        "x": [s.mean for _i, s in known],
        "y": [short[s.name] for _i, s in known],
        "mode": "markers",
        "marker": {"size": 11, "color": [version_colour(i) for i, _s in known]},
        "error_x": _reach([s.above for _i, s in known], [s.beneath for _i, s in known]),
        "customdata": [[s.known, s.name] for _i, s in known],
        "hovertemplate": "%{x:.3f} (n = %{customdata[0]:,})<extra>%{customdata[1]}</extra>",
    }
    return {"data": [points], "layout": {"xaxis": _unit_axis(_("final score")), "yaxis": NAMES, "showlegend": False}}


def differences(pairs: Sequence[NamedPair]) -> dict:
    """How far each version is ahead of the baseline on what both have, with its 95% interval; 0 is no difference."""
    rows = [(pair.name, pair.figures) for pair in pairs if pair.figures.n]
    half = [row.half for _name, row in rows]
    short = shortened([name for name, _row in rows] + [pairs[0].baseline])
    points = {
        "type": "scatter",
        "x": [row.difference for _name, row in rows],
        "y": [short[name] for name, _row in rows],
        "mode": "markers",
        "marker": {"size": 11, "color": [theme_colour("better" if row.is_ahead else "worse") for _name, row in rows]},
        "error_x": _reach(half, half),
        "customdata": [[row.n, name] for name, row in rows],
        "hovertemplate": "%{x:+.3f} (n = %{customdata[0]:,})<extra>%{customdata[1]}</extra>",
    }
    baseline = html.escape(short[pairs[0].baseline], quote=False)  # as_json escapes what is data, and no titles
    title = _("difference from %(version)s") % {"version": baseline}
    layout = {
        "xaxis": {"tickformat": "+.2f", "tickangle": 0, "nticks": 7},
        "yaxis": NAMES,
        "showlegend": False,
        "shapes": [vertical_line(0, "customer")],
        "annotations": [_below_the_axis(title)],
    }
    return {"data": [points], "layout": layout}


def _below_the_axis(title: str) -> dict:
    """A title that ends where the axis does, so that a long one is whole on a phone too."""
    place = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -26}
    return place | {"text": title, "showarrow": False, "font": {"size": 15}}


def curves(means_of: Mapping[str, np.ndarray], at: float, symbol: str) -> dict:
    """Each version's mean (len(STEPS),) over α or Θ, by its name; the line marks the value that is tried.

    It has no legend: it stands below the distribution, which has one.
    """
    lines = [
        {
            "type": "scatter",
            "x": STEPS.tolist(),
            "y": [None if np.isnan(value) else round(float(value), 4) for value in values],
            "name": name,
            "showlegend": False,
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
        "yaxis": {"automargin": True, "tickformat": ".2f", "title": {"text": _("mean final score")}},
    }
    return {"data": lines, "layout": layout}


def by_name(
    lines: Mapping[str, Sequence[tuple[str, float, float | None, int, str]]], names: Sequence[str] = ()
) -> dict:
    """Means by some name, with their intervals: of each version rows of name, mean, half of its interval, n, query.

    names: all of them, the first at the top; those of one name stand below each other, one a version.
    """
    order = list(names) or list(dict.fromkeys(row[0] for rows in lines.values() for row in rows))
    short, versions = shortened(order), shortened(list(lines))
    traces = [
        _means_by_name(i, version, rows, short) | {"name": versions[version]}
        for i, (version, rows) in enumerate(lines.items())
    ]
    layout = {
        "height": EDGE_PX + (ROW_PX + LINE_PX * len(lines)) * len(order),
        "scattermode": "group",
        "scattergap": 0.25,
        "xaxis": _unit_axis(_("final score")),
        "yaxis": NAMES | {"categoryorder": "array", "categoryarray": list(short.values())},
    }
    return {"data": traces, "layout": layout | _legend(len(lines))}


def _means_by_name(
    place: int, version: str, rows: Sequence[tuple[str, float, float | None, int, str]], short: Mapping[str, str]
) -> dict:
    half, colour = [row[2] or 0 for row in rows], version_colour(place)
    return {
        "type": "scatter",
        "orientation": "h",
        "x": [row[1] for row in rows],
        "y": [short[row[0]] for row in rows],
        "mode": "markers",
        "marker": {"size": 9, "color": colour},
        "error_x": _reach(half, half) | {"color": colour, "thickness": 1.5, "width": 3},
        "customdata": [[row[3], row[0], version] for row in rows],
        "meta": [row[4] for row in rows],
        "hovertemplate": "%{customdata[1]}: %{x:.3f} (n = %{customdata[0]:,})<extra>%{customdata[2]}</extra>",
    }


def heat_map(names: Sequence[str], values: Sequence[Sequence[float | None]], queries: Sequence[Sequence[str]]) -> dict:
    """Correlations in [-1, 1] of everything with everything, None for unknown.

    The colours go half as far as those of the theme, so that the numbers can be read on all of them.
    """
    cells = {
        "type": "heatmap",
        "x": list(names),
        "y": list(names),
        "z": [list(row) for row in values],
        "text": [[_two_decimals(value) for value in row] for row in values],
        "texttemplate": "%{text}",
        "showscale": False,
        "textfont": {"color": theme_colour("text")},
        "zmin": -2,
        "zmax": 2,
        "colorscale": [[0, theme_colour("worse")], [0.5, theme_colour("surface")], [1, theme_colour("better")]],
        "meta": [list(row) for row in queries],
        "hovertemplate": "%{x} · %{y}: %{text}<extra></extra>",
    }
    axis = {"automargin": True, "type": "category"}
    return {"data": [cells], "layout": {"xaxis": axis, "yaxis": axis | {"autorange": "reversed"}}}


def _two_decimals(value: float | None) -> str:
    """“0.00” also for what is a little below 0."""
    return "–" if value is None else with_minus(f"{round(value, 2) + 0.0:.2f}")


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
    short = shortened(list(rows))
    days = [row.begins for of in rows.values() for row in of] + [day for day, _name in champions]
    lines = [_line(name, short[name], of, colours[name], number) for name, of in rows.items()]
    layout = {
        "shapes": [vertical_line(day.isoformat(), "customer", "dot") for day, _name in champions],
        "xaxis": {"type": "date", "automargin": True, "tickformat": "%Y-%m-%d", "tickangle": 0, **_ticks(days)},
        "yaxis": {
            "title": {"text": title or _("final score")},
            "tickformat": number,
            "automargin": True,
            "autorangeoptions": {"clipmin": 0, "clipmax": 1},  # no share goes up to 200%
        },
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
