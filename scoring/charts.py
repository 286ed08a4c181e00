"""Figures of the score page, each from plain rows."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour
from scoring.querysets import BINS
from scoring.summary import Summary


def distribution(rows: list[dict]):
    """Share of each version's final scores per bin; rows as of ScoreQuerySet.histogram."""
    import plotly.graph_objects as go

    counts: dict[str, list[int]] = defaultdict(lambda: [0] * BINS)
    for row in rows:
        counts[row["version__name"]][row["bin"]] = row["count"]
    centres = [(i + 0.5) / BINS for i in range(BINS)]
    figure = go.Figure()
    for i, (name, values) in enumerate(counts.items()):
        shares = [value / sum(values) for value in values]
        figure.add_bar(
            x=centres,
            y=shares,
            customdata=values,
            name=name,
            width=1 / BINS,
            opacity=1 if len(counts) == 1 else 0.55,
            marker_color=theme_colour("end") if i == 0 else theme_colour("accent") if i == 1 else None,
            hovertemplate="%{x:.2f}: %{customdata} (%{y:.0%})<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        barmode="overlay",
        bargap=0.05,
        xaxis={"range": [0, 1], "title": _("final score")},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
        showlegend=len(counts) > 1,
        legend={"orientation": "h", "y": 1.12},
    )
    return figure


def means(summaries: list[Summary]):
    """Mean final score of each version with its 95% interval."""
    import plotly.graph_objects as go

    known = [summary for summary in summaries if summary.mean is not None]
    figure = go.Figure()
    figure.add_scatter(
        x=[s.mean for s in known],
        y=[s.name for s in known],
        mode="markers",
        marker={"size": 11, "color": theme_colour("end")},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [s.above for s in known],
            "arrayminus": [s.beneath for s in known],
            "color": theme_colour("end"),
        },
        customdata=[s.known for s in known],
        hovertemplate="%{x:.3f} (n = %{customdata})<extra>%{y}</extra>",
    )
    figure.update_layout(
        xaxis={"range": [0, 1], "title": _("final score")},
        yaxis={"automargin": True, "type": "category"},
        showlegend=False,
    )
    return figure
