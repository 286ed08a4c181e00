"""How far the components and the final score go together, by rank."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from ecc_site.core.signs import with_minus
from review.calibration.measures.spearman import spearman
from review.score_room.forms import PAIRS
from review.score_room.room import Room
from review.score_room.tabs.drawn import Drawn, Row, query_of
from scoring import charts
from scoring.components import labels
from scoring.fusion import COMPONENTS

MOST = 20_000  # rows, spread evenly over all
FINAL = "final"


def correlation(room: Room) -> Drawn:
    values = _values(room)
    n = len(values[FINAL])
    if n < 3:
        return Drawn(None, _("Too few scores are known here: at least three are wanted."))
    names = {name: str(label) for name, label in labels().items()}
    cells = [[_rho(values[first], values[second]) for second in values] for first in values]
    queries = [[_query(first, second) for second in values] for first in values]
    figure = charts.heat_map([names[name] for name in values], cells, queries)
    columns = (_("First"), _("Second"), _("Spearman's ρ"), "n")
    rows = [
        Row((names[first], names[second], cells[i][j], n), queries[i][j])
        for i, first in enumerate(values)
        for j, second in enumerate(values)
        if i < j
    ]
    return Drawn(figure, _reading(cells, list(values), n), columns, rows)


def _values(room: Room) -> dict[str, np.ndarray]:
    """Of rows of which everything is known; components and the final score by name."""
    columns = room.selection.columns
    values = {name: getattr(columns, name) for name in COMPONENTS} | {FINAL: room.scored.final}
    known = np.flatnonzero(~np.isnan(np.stack(list(values.values()))).any(axis=0))
    chosen = known[np.linspace(0, len(known) - 1, min(MOST, len(known))).astype(int)]
    return {name: column[chosen] for name, column in values.items()}


def _rho(first: np.ndarray, second: np.ndarray) -> float | None:
    """None where one of them is constant."""
    found = float(spearman(first, second, np.ones((1, len(first))))[0])
    return None if np.isnan(found) else round(found, 3)


def _query(first: str, second: str) -> str:
    pair = next((p for p in PAIRS if set(p.split("-")) == {first, second}), "")
    return query_of(apart=pair) if pair and first != second else ""


def _reading(cells: list[list[float | None]], names: list[str], n: int) -> str:
    with_final = {name: cells[i][-1] for i, name in enumerate(names[:2])}
    said = _("The final score follows similarity with ρ = %(similarity)s and the match with %(match)s (n = %(n)s).")
    shown = {name: "–" if value is None else with_minus(f"{value:.2f}") for name, value in with_final.items()}
    return said % {"similarity": shown["similarity"], "match": shown["match_end"], "n": f"{n:,}"}
