"""Figures of shares corrected by people, each from plain rows, as the data and layout that plotly draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from ecc_site.core.charts import theme_colour, vertical_line
from review.agreement.charts import EDGE_PX, ROW_PX, points, rows_axis
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.corrected import Corrected
from review.calibration.measures.intervals import Interval

PAD = 0.04  # beside the intervals
LEAST_PX = 230  # what the page keeps free for it


def three_answers(of: Corrected) -> dict:
    """Corrected, by verdicts alone and by the score alone, as far as they are known, one under the other."""
    rows = [(words, colour, interval.in_unit()) for words, colour, interval in named(of) if interval.mean is not None]
    return _rows(rows, _("acceptable"), within=(0.0, 1.0))


def differences(rows: Sequence[tuple[str, Interval]]) -> dict:
    """How much higher the share of each version is, beside 0."""
    figure = _rows([(name, "accent", of) for name, of in rows], _("difference of the shares"), also=0.0)
    figure["layout"]["shapes"] = [vertical_line(0, "customer", "dot")]
    return figure


def named(of: Corrected) -> list[tuple[str, str, Interval]]:
    """Words, colour and interval of each of the three answers."""
    return [
        (_("corrected by people"), "accent", of.corrected),
        (_("verdicts alone"), "human", of.verdicts),
        (_("score alone"), "customer", of.naive),
    ]


def _rows(
    rows: Sequence[tuple[str, str, Interval]],
    title: str,
    within: tuple[float, float] = (-1.0, 1.0),
    also: float | None = None,
) -> dict:
    """also: a value that is shown as well."""
    traces = []
    for name, colour, of in rows:
        trace = points([(name, Estimate(of.mean, of.low, of.high, of.n))], ".0%")
        trace["marker"] = trace["marker"] | {"color": theme_colour(colour)}
        if trace["error_x"]:
            trace["error_x"] = trace["error_x"] | {"color": theme_colour(colour)}
        traces.append({"type": "scatter", "name": name, **trace})
    ends = [end for _n, _c, of in rows for end in (of.mean, of.low, of.high) if end is not None]
    ends += [] if also is None else [also]
    layout: dict[str, Any] = {
        "height": max(LEAST_PX, EDGE_PX + ROW_PX * len(rows)),
        "xaxis": {
            "range": [max(within[0] - 0.02, min(ends) - PAD), min(within[1] + 0.02, max(ends) + PAD)],
            "title": {"text": title},
            "tickformat": ".0%",
            "nticks": 5,
            "tickangle": 0,
            "fixedrange": True,
        },
        "yaxis": rows_axis([name for name, _colour, _of in rows]),
        "showlegend": False,
        "margin": {"l": 8, "r": 16, "t": 8, "b": 48},
    }
    return {"data": traces, "layout": layout}
