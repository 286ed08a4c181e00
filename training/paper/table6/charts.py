"""Figures of Table VI, each from plain rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour
from review.calibration.measures.intervals import Interval
from training.ml.methods import method_named


def by_input(names: Sequence[str], columns: Sequence[dict]):
    """Final score of each input for each version (Fig. 3 of the paper).

    Columns are {name, method, shade, is_arm, finals}: `shade` in (0, 1] tells the steps of one method apart, hatching
    an arm with a memory from the weights alone; a final is None where it is unknown.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for column in columns:
        figure.add_bar(
            x=list(names),
            y=column["finals"],
            name=column["name"],
            marker_color=_colour(column["method"]),
            marker_pattern_shape="/" if column["is_arm"] else "",
            opacity=column["shade"],
            hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        barmode="group",
        height=380,
        xaxis={"automargin": True, "type": "category"},
        yaxis={"range": [0, 1], "title": _("final score")},
        legend={"orientation": "h", "y": 1.15},
    )
    return figure


def means_with_intervals(columns: Sequence[dict]):
    """Mean final score of each version with its 95% interval; columns are {name, method, shade, is_arm, interval}."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for column in columns:
        interval: Interval = column["interval"]
        if interval.mean is None:
            continue
        low = interval.mean if interval.low is None else interval.low
        high = interval.mean if interval.high is None else interval.high
        error = {"type": "data", "symmetric": False, "array": [high - interval.mean]}
        figure.add_scatter(
            x=[interval.mean],
            y=[column["name"]],
            mode="markers",
            marker={
                "size": 11,
                "color": _colour(column["method"]),
                "symbol": "diamond" if column["is_arm"] else "circle",
            },
            opacity=column["shade"],
            error_x=error | {"arrayminus": [interval.mean - low]},
            hovertemplate=f"%{{x:.3f}} (n = {interval.n})<extra>%{{y}}</extra>",
        )
    figure.update_layout(
        showlegend=False,
        xaxis={"title": _("final score")},
        yaxis={"automargin": True, "type": "category", "autorange": "reversed"},
    )
    return figure


def _colour(method: str) -> str:
    """That of the method; a base, which was trained by none, has the neutral one."""
    return theme_colour(method_named(method).colour if method else "customer")
