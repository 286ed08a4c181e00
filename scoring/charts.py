"""Figures of the score page, each from plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour, version_colour
from scoring.comparing import NamedPair
from scoring.figures.by_version import BINS
from scoring.figures.curves import STEPS
from scoring.summary import Summary

LEGEND = {"orientation": "h", "y": 1.12}


def distribution(counts: Mapping[str, Sequence[int]], threshold: float):
    """Share of each version's final scores per bin, from their counts by its name, with a line at the threshold."""
    import plotly.graph_objects as go

    centres = [(i + 0.5) / BINS for i in range(BINS)]
    figure = go.Figure()
    for i, (name, values) in enumerate(counts.items()):
        figure.add_bar(
            x=centres,
            y=[value / max(1, sum(values)) for value in values],
            customdata=list(values),
            name=name,
            width=1 / BINS,
            opacity=1 if len(counts) == 1 else 0.55,
            marker_color=version_colour(i),
            hovertemplate="%{x:.2f}: %{customdata} (%{y:.0%})<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=threshold, line={"color": theme_colour("accent"), "dash": "dot", "width": 2})
    figure.update_layout(
        barmode="overlay",
        bargap=0.05,
        xaxis={"range": [0, 1], "title": _("final score")},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
        showlegend=len(counts) > 1,
        legend=LEGEND,
    )
    return figure


def means(summaries: Sequence[Summary]):
    """Mean final score of each version with its 95% interval; unknown ones are left out."""
    import plotly.graph_objects as go

    known = [(i, summary) for i, summary in enumerate(summaries) if summary.mean is not None]
    figure = go.Figure()
    figure.add_scatter(
        x=[s.mean for _i, s in known],
        y=[s.name for _i, s in known],
        mode="markers",
        marker={"size": 11, "color": [version_colour(i) for i, _s in known]},
        error_x=_reach([s.above for _i, s in known], [s.beneath for _i, s in known]),
        customdata=[s.known for _i, s in known],
        hovertemplate="%{x:.3f} (n = %{customdata})<extra>%{y}</extra>",
    )
    figure.update_layout(xaxis={"range": [0, 1], "title": _("final score")}, yaxis=_names(), showlegend=False)
    return figure


def differences(pairs: Sequence[NamedPair]):
    """How far each version is ahead of the baseline on what both have, with its 95% interval; 0 is no difference."""
    import plotly.graph_objects as go

    rows = [(pair.name, pair.figures) for pair in pairs if pair.figures.n]
    half = [row.half for _name, row in rows]
    figure = go.Figure()
    figure.add_scatter(
        x=[row.difference for _name, row in rows],
        y=[name for name, _row in rows],
        mode="markers",
        marker={"size": 11, "color": [theme_colour("better" if row.is_ahead else "worse") for _n, row in rows]},
        error_x=_reach(half, half),
        customdata=[row.n for _name, row in rows],
        hovertemplate="%{x:+.3f} (n = %{customdata})<extra>%{y}</extra>",
    )
    figure.add_vline(x=0, line={"color": theme_colour("customer"), "width": 1})
    title = _("difference of the final score from %(version)s") % {"version": pairs[0].baseline}
    figure.update_layout(xaxis={"title": title, "tickformat": "+.2f"}, yaxis=_names(), showlegend=False)
    return figure


def curves(means_of: Mapping[str, np.ndarray], at: float, symbol: str):
    """Each version's mean (len(STEPS),) over α or Θ, by its name; the line marks the value that is tried."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for i, (name, values) in enumerate(means_of.items()):
        figure.add_scatter(
            x=STEPS.tolist(),
            y=[None if np.isnan(value) else round(float(value), 4) for value in values],
            name=name,
            mode="lines",
            line={"color": version_colour(i)},
            hovertemplate="%{x:.2f}: %{y:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=at, line={"color": theme_colour("accent"), "dash": "dot", "width": 2})
    figure.update_layout(
        height=220,
        xaxis={"range": [0, 1], "title": symbol},
        yaxis={"title": _("mean final score"), "tickformat": ".2f"},
        showlegend=len(means_of) > 1,
        legend={"orientation": "h", "y": 1.2},
    )
    return figure


def _reach(above: Sequence[float], beneath: Sequence[float]) -> dict:
    bar = {"type": "data", "symmetric": False, "color": theme_colour("customer")}
    return bar | {"array": list(above), "arrayminus": list(beneath)}


def _names() -> dict:
    return {"automargin": True, "type": "category"}
