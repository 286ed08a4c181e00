"""The figure of an alert's page: what was measured over time, with its interval and the bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour
from ecc_site.models import Measurement
from ecc_site.watch.subjects.base import Subject, Unit


def over_time(oldest_first: Sequence[Measurement], subject: Subject, bound: float) -> dict[str, Any]:
    """Each window at the time of its newest row; the bound is a dotted line."""
    moments = [timezone.localtime(row.until).isoformat() for row in oldest_first]
    values = [row.value for row in oldest_first]
    reach = {
        "type": "data",
        "symmetric": False,
        "array": [row.high - row.value for row in oldest_first],
        "arrayminus": [row.value - row.low for row in oldest_first],
        "color": theme_colour("customer"),
        "thickness": 1,
    }
    form = ".1%" if subject.unit is Unit.SHARE else ".3f"
    points = {
        "type": "scatter",
        "x": moments,
        "y": values,
        "mode": "lines+markers",
        "line": {"color": theme_colour("accent")},
        "error_y": reach,
        "customdata": [row.n for row in oldest_first],
        "hovertemplate": f"%{{x}}: %{{y:{form}}} (n = %{{customdata}})<extra></extra>",
    }
    line = {"color": theme_colour("worse"), "width": 2, "dash": "dot"}
    shape = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": bound, "y1": bound, "line": line}
    label = {"x": 0, "xref": "paper", "xanchor": "left", "y": bound, "yanchor": "bottom", "showarrow": False}
    layout = {
        "height": 260,
        "showlegend": False,
        "shapes": [shape],
        "annotations": [label | {"text": _("bound")}],
        "xaxis": {"type": "date", "tickformat": "%Y-%m-%d", "tickangle": 0, "nticks": 6},
        "yaxis": {"automargin": True, "tickformat": ".1%" if subject.unit is Unit.SHARE else ".2f"},
    }
    return {"data": [points], "layout": layout}
