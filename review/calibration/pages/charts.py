"""Figures of the calibration page, each from plain rows, as the data and layout that plotly draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour, vertical_line
from review.agreement.charts import EDGE_PX, ROW_PX, in_brackets, points, rows_axis
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.eq1 import ALPHAS
from review.calibration.estimating.fit import Fit
from review.calibration.measures.reliability import LEAST_IN_BIN, Bin
from scoring.parameters import Parameters


def reliability(curve: Sequence[Bin], threshold: float) -> dict:
    """Share of replies that people accept over their final score, with the diagonal and the active threshold."""
    rows = [(part, part.accepted) for part in curve if part.accepted.value is not None]
    reach = [(of.value - of.low, of.high - of.value) for _part, of in rows if of.low is not None]  # type: ignore[operator]
    accepted = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [part.score for part, _of in rows],
        "y": [of.value for _part, of in rows],
        "name": _("accepted by people"),
        "line": {"color": theme_colour("accent")},
        "marker": {"size": 9, "color": theme_colour("accent")},
        "error_y": _reach(reach) if len(reach) == len(rows) else None,
        "customdata": [[in_brackets(of), of.n] for _part, of in rows],
        "hovertemplate": "%{x:.2f}: %{y:.0%} %{customdata[0]}, n = %{customdata[1]}<extra></extra>",
    }
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "name": _("score and share alike"),
        "line": {"dash": "dot", "width": 1, "color": theme_colour("customer")},
        "hoverinfo": "skip",
    }
    layout = {
        "shapes": [vertical_line(threshold, "accent", "dot")],
        "xaxis": {"range": [0, 1], "title": {"text": _("final score")}, "fixedrange": True},
        "yaxis": {"range": [0, 1.02], "tickformat": ".0%", "automargin": True, "fixedrange": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 8, "r": 16, "t": 48, "b": 48},
    }
    return {"data": [diagonal, accepted], "layout": layout}


def slices(rows: Sequence[tuple[str, Estimate]]) -> dict:
    """AUC of the final score in each part, with its interval; hollow where there is too little for one.

    Of a handful of replies it says nothing, so that they are left out.
    """
    known = [row for row in rows if row[1].value is not None and row[1].n >= LEAST_IN_BIN]
    traces = [
        {"type": "scatter", "name": name, **points([row for row in known if (row[1].low is None) == is_hollow], ".0%")}
        for name, is_hollow in ((_("with interval"), False), (_("too few for an interval"), True))
    ]
    lowest = min((of.value if of.low is None else of.low for _name, of in known if of.value is not None), default=0)
    layout = {
        "height": EDGE_PX + ROW_PX * len(known),
        "shapes": [vertical_line(0.5, "customer", "dot")],
        "xaxis": {
            "range": [min(0.45, lowest - 0.03), 1.03],
            "title": {"text": _("pairs told apart")},
            "tickformat": ".0%",
            "nticks": 6,
            "tickangle": 0,
            "fixedrange": True,
        },
        "yaxis": rows_axis([name for name, _of in known]),
        "showlegend": False,
        "margin": {"l": 8, "r": 16, "t": 16, "b": 48},
    }
    return {"data": traces, "layout": layout}


def losses(fit: Fit, active: Parameters) -> dict:
    """Held-out loss over α, lower is better, with the interval of α, the best value, and the active one dotted."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": ALPHAS.tolist(),
        "y": list(fit.losses),
        "name": _("loss on dialogues not fitted to"),
        "line": {"color": theme_colour("accent")},
        "hovertemplate": "α = %{x:.2f}: %{y:.4f}<extra></extra>",
    }
    within = {
        "type": "rect",
        "x0": fit.interval.low,
        "x1": fit.interval.high,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "fillcolor": theme_colour("accent"),
        "opacity": 0.1,
        "line": {"width": 0},
    }
    layout = {
        "height": 260,
        "shapes": [within, vertical_line(fit.best.alpha, "accent"), vertical_line(active.alpha, "customer", "dot")],
        "xaxis": {"range": [0, 1], "title": {"text": "α"}, "fixedrange": True},
        "yaxis": {"automargin": True, "tickformat": ".3f", "nticks": 5, "fixedrange": True},
        "showlegend": False,
        "margin": {"l": 8, "r": 16, "t": 16, "b": 48},
    }
    return {"data": [line], "layout": layout}


def _reach(spans: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """How far intervals reach below and above their points."""
    bar = {"type": "data", "symmetric": False, "color": theme_colour("accent"), "thickness": 1.5}
    return bar | {"array": [above for _below, above in spans], "arrayminus": [below for below, _above in spans]}
