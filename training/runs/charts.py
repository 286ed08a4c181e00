"""Figures of a run, each from plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PARTS = 5  # the last fifth of the curve is compared with the one before it
NOTICEABLE = 0.01  # relative change


def losses(points: Sequence[Mapping[str, Any]]) -> Figure:
    """Training and dev loss over the steps; points are {step, loss, dev_loss}, None where not measured."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for key, name, colour in (("loss", _("training loss"), "end"), ("dev_loss", _("dev loss"), "accent")):
        measured = [point for point in points if point[key] is not None]
        figure.add_scatter(
            x=[point["step"] for point in measured],
            y=[point[key] for point in measured],
            name=name,
            mode="lines+markers" if key == "dev_loss" else "lines",
            line={"color": theme_colour(colour)},
        )
    figure.update_layout(
        xaxis={"title": _("step"), "rangemode": "tozero"},
        yaxis={"title": _("loss"), "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.12},
    )
    return figure


def trend(losses: Sequence[float]) -> str:
    """falling | level | rising; empty where there are too few points to tell."""
    size = len(losses) // PARTS
    if size < 2:
        return ""
    before, now = fmean(losses[-2 * size : -size]), fmean(losses[-size:])
    if abs(now - before) <= NOTICEABLE * abs(before):
        return "level"
    return "falling" if now < before else "rising"
