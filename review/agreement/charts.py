"""Figures of the agreement page, each from plain rows: names of people, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ecc_site.core.charts import LONGEST, shortened, theme_colour
from ecc_site.core.signs import with_minus
from review.agreement.annotators import AnnotatorFigures
from review.agreement.figures import Figures, PairFigures
from review.agreement.measures.estimates import Estimate
from review.agreement.readings import RELIABLE, TENTATIVE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ROW_PX, EDGE_PX = 30, 84


def measures(figures: Figures) -> Figure:
    """Each coefficient with its interval, beside what counts as tentative and as reliable."""
    rows = [
        (_("Percent agreement"), figures.percent),
        (_("Krippendorff's α, nominal"), figures.nominal),
        (_("Krippendorff's α, ordinal"), figures.ordinal),
        (_("Fleiss' κ"), figures.fleiss),
        (_("Cohen's κ"), Estimate(figures.cohen, None, None, figures.shared)),
    ]
    return _dots(rows, _("agreement"))


def pairs(rows: Sequence[tuple[str, str, PairFigures]]) -> Figure:
    """Cohen's kappa of each pair of annotators with its interval."""
    named = shortened([name for first, second, _of in rows for name in (first, second)], LONGEST // 2)
    return _dots([(f"{named[a]} · {named[b]}", of.kappa) for a, b, of in rows], _("Cohen's κ"))


def preferences(shares: Sequence[tuple[str, str, Estimate]], win_rate: Estimate, kind: str) -> Figure:
    """What people prefer as one bar, and under it how often the end answer is preferred, with its interval.

    shares: words, name and share of each preference; kind: of the reference answers, whose colour they have.
    """
    import plotly.graph_objects as go

    looks = {
        "end": {"color": theme_colour("end")},
        "tie": _hatched("customer", "."),
        "reference": {"color": theme_colour(kind if kind in ("cloud", "human") else "accent")},
        "both_bad": _hatched("customer", "/"),
    }
    figure = go.Figure()
    for words, name, share in shares:
        figure.add_bar(
            x=[share.value or 0],
            y=[_("preferences")],
            orientation="h",
            name=words,
            marker=looks[name],
            customdata=[in_brackets(share)],
            hovertemplate="%{x:.0%} %{customdata}<extra>%{fullData.name}</extra>",
        )
    won = _("End answer preferred")
    look = {"mode": "markers+text", "text": [won], "textposition": _beside(win_rate), "showlegend": False}
    figure.add_scatter(**{**points([(won, win_rate)], ".0%"), **look}, name=won)
    figure.add_vline(x=0.5, line={"dash": "dot", "width": 1, "color": theme_colour("customer")})
    figure.update_layout(
        barmode="stack",
        bargap=0.35,
        height=230,
        xaxis={"range": [0, 1], "tickformat": ".0%", "fixedrange": True},
        yaxis={"visible": False, "type": "category", "range": [1.7, -0.5], "fixedrange": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        margin={"l": 16, "r": 16, "t": 64, "b": 32},
    )
    return figure


def _beside(share: Estimate) -> str:
    """Where words fit below a point on an axis from 0 to 1."""
    value = 0.5 if share.value is None else share.value
    return f"bottom {'right' if value < 1 / 3 else 'left' if value > 2 / 3 else 'center'}"


def pace(rows: Sequence[tuple[str, AnnotatorFigures]]) -> Figure:
    """Verdicts an hour of each annotator; an unusual pace is hatched."""
    import plotly.graph_objects as go

    known = [(name, of) for name, of in rows if of.per_hour is not None]
    named = shortened([name for name, _of in known])
    figure = go.Figure()
    for is_outlier, look in ((False, {"color": theme_colour("accent")}), (True, _hatched("worse", "/"))):
        chosen = [(name, of) for name, of in known if of.is_outlier == is_outlier]
        figure.add_bar(
            x=[of.per_hour for _name, of in chosen],
            y=[named[name] for name, _of in chosen],
            orientation="h",
            name=_("unusual pace") if is_outlier else _("verdicts per hour"),
            marker=look,
            customdata=[[of.done, of.median_seconds] for _name, of in chosen],
            hovertemplate=_("%{x:.0f} per hour; %{customdata[0]} verdicts, median %{customdata[1]:.1f} s")
            + "<extra>%{y}</extra>",
        )
    figure.update_layout(
        height=EDGE_PX + ROW_PX * len(known),
        xaxis={"rangemode": "tozero", "title": _("verdicts per hour"), "nticks": 6, "tickangle": 0, "fixedrange": True},
        yaxis=rows_axis([named[name] for name, _of in known]),
        showlegend=any(of.is_outlier for _name, of in known),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 16, "t": 32, "b": 48},
    )
    return figure


def _dots(rows: Sequence[tuple[str, Estimate]], title: str) -> Figure:
    """A row for each estimate that is known, between the least of them and 1."""
    import plotly.graph_objects as go

    known = [(name, of) for name, of in rows if of.value is not None]
    figure = go.Figure()
    figure.add_scatter(**points([row for row in known if row[1].low is not None], ".2f"), name=title)
    figure.add_scatter(**points([row for row in known if row[1].low is None], ".2f"), name=title)
    for limit, words in ((TENTATIVE, _("tentative")), (RELIABLE, _("reliable"))):
        line = {"dash": "dot", "width": 1, "color": theme_colour("customer")}
        text = {"text": words, "font": {"size": 11}, "yref": "paper", "y": 1.0, "yanchor": "bottom"}
        figure.add_vline(x=limit, line=line, annotation={**text, "xanchor": "right" if limit == TENTATIVE else "left"})
    lowest = min((of.value if of.low is None else of.low for _name, of in known if of.value is not None), default=0)
    figure.update_layout(
        height=EDGE_PX + ROW_PX * len(known),
        xaxis={"range": [min(0, lowest) - 0.03, 1.03], "title": title, "nticks": 6, "tickangle": 0, "fixedrange": True},
        yaxis=rows_axis([name for name, _of in known]),
        showlegend=False,
        margin={"l": 8, "r": 16, "t": 32, "b": 48},
    )
    return figure


def points(rows: Sequence[tuple[str, Estimate]], number: str) -> dict[str, Any]:
    """A trace of estimates that all have an interval, or hollow points for those that all have none."""
    values = [(of.value or 0, of.low, of.high) for _name, of in rows]
    spans = [(value - low, high - value) for value, low, high in values if low is not None and high is not None]
    error = {"type": "data", "symmetric": False, "color": theme_colour("accent"), "thickness": 2}
    error |= {"array": [above for _below, above in spans], "arrayminus": [below for below, _above in spans]}
    return {
        "x": [of.value for _name, of in rows],
        "y": [name for name, _of in rows],
        "mode": "markers",
        "marker": {"size": 10, "color": theme_colour("accent"), "symbol": "circle" if spans else "circle-open"},
        "error_x": error if spans else None,
        "customdata": [[in_brackets(of), of.n] for _name, of in rows],
        "hovertemplate": f"%{{y}}: %{{x:{number}}} %{{customdata[0]}}, n = %{{customdata[1]}}<extra></extra>",
    }


def in_brackets(of: Estimate) -> str:
    """Its interval, empty where it is unknown."""
    return "" if of.low is None or of.high is None else with_minus(f"[{of.low:.2f}, {of.high:.2f}]")


def rows_axis(names: Sequence[str]) -> dict[str, Any]:
    """An axis with a row for each name, the first at the top."""
    order = {"categoryorder": "array", "categoryarray": list(names), "autorange": "reversed"}
    return {"automargin": True, "type": "category", "fixedrange": True, "tickmode": "linear", **order}


def _hatched(colour: str, shape: str) -> dict[str, Any]:
    return {"color": "rgba(0,0,0,0)", "pattern": {"shape": shape, "fgcolor": theme_colour(colour), "size": 6}}
