"""The matrix of correlations as a figure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from review.calibration.beside.figures import BesideFigures, Correlation
from review.calibration.beside.readings import label_of
from scoring.charts import heat_map

ROW_PX, EDGE_PX = 34, 140


def matrix(figures: BesideFigures) -> dict:
    """Spearman's ρ of every measure with every other, and last of all with people's acceptance."""
    people = [Correlation(of.value, of.n) for of in (figures.people[name] for name in figures.names)]
    itself = Correlation(1.0, figures.judged)
    rows = [[*row, of] for row, of in zip(figures.matrix, people, strict=True)] + [[*people, itself]]
    labels = [*map(label_of, figures.names), _("people accept")]
    figure = heat_map(labels, [[cell.value for cell in row] for row in rows], [[""] * len(row) for row in rows])
    figure["data"][0] |= {
        "customdata": [[cell.n for cell in row] for row in rows],
        "hovertemplate": "%{y} · %{x}: ρ %{text}, n = %{customdata:,}<extra></extra>",
        "textfont": figure["data"][0]["textfont"] | {"size": 11},
        "xgap": 1,
        "ygap": 1,
        "showscale": False,
    }
    for axis in ("xaxis", "yaxis"):
        figure["layout"][axis] |= {"showgrid": False, "fixedrange": True}
    figure["layout"] |= {"height": EDGE_PX + ROW_PX * len(rows), "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    return figure
