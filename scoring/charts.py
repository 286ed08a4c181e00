"""Figures of the score page, each from plain rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour
from scoring.querysets import BINS
from scoring.summary import Shared, Summary


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


def means(summaries: list[Summary], shared: Sequence[Shared] = ()):
    """Mean final score with its 95% interval: of a version alone, or of each beside the baseline on shared turns."""
    import plotly.graph_objects as go

    figure = go.Figure()
    if shared:
        figure.add_scatter(**_points([pair.version for pair in shared], shared, "end"), name=_("this version"))
        figure.add_scatter(
            **_points([pair.baseline for pair in shared], shared, "accent"), name=shared[0].baseline.name or "–"
        )
    else:
        alone = [Shared(summary, summary) for summary in summaries]
        figure.add_scatter(**_points(summaries, alone, "end"), name=_("final score"))
    figure.update_layout(
        xaxis={"range": [0, 1], "title": _("final score")},
        yaxis={"automargin": True, "type": "category"},
        showlegend=bool(shared),
        legend={"orientation": "h", "y": 1.12},
    )
    return figure


def _points(summaries: Sequence[Summary], rows: Sequence[Shared], colour: str) -> dict:
    """Means with their intervals, each in the row of the version that it belongs to; unknown ones are left out."""
    known = [(s, row.version.name) for s, row in zip(summaries, rows, strict=True) if s.mean is not None]
    return {
        "x": [s.mean for s, name in known],
        "y": [name for s, name in known],
        "mode": "markers",
        "marker": {"size": 11, "color": theme_colour(colour)},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [s.above for s, name in known],
            "arrayminus": [s.beneath for s, name in known],
            "color": theme_colour(colour),
        },
        "customdata": [s.known for s, name in known],
        "hovertemplate": "%{x:.3f} (n = %{customdata})<extra>%{fullData.name}</extra>",
    }
