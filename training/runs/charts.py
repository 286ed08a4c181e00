"""Figures of the training pages, each from plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from django.utils.translation import gettext as _

from ecc_site.core.charts import speaker

SHARE = 5  # the last fifth of the curve is compared with the fifth before it
NOTICEABLE = 0.01  # relative change


def losses(points: list[dict]):
    """Training and dev loss over the steps; points are {step, loss, dev_loss}, None where not measured."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for key, name, colour in (("loss", _("training loss"), "end"), ("dev_loss", _("dev loss"), "accent")):
        known = [point for point in points if point[key] is not None]
        figure.add_scatter(
            x=[point["step"] for point in known],
            y=[point[key] for point in known],
            name=name,
            mode="lines+markers" if key == "dev_loss" else "lines",
            line={"color": speaker(colour)},
        )
    figure.update_layout(
        xaxis={"title": _("step"), "rangemode": "tozero"},
        yaxis={"title": _("loss"), "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.12},
    )
    return figure


def trend(losses: Sequence[float]) -> str:
    """falling | level | rising; empty where there are too few points to tell."""
    part = len(losses) // SHARE
    if part < 2:
        return ""
    before, now = fmean(losses[-2 * part : -part]), fmean(losses[-part:])
    if abs(now - before) <= NOTICEABLE * abs(before):
        return "level"
    return "falling" if now < before else "rising"
