"""How long a reply is."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.measure import UNBOUNDED, Measure
from scoring.measures.beside.measure import gettext_noop as _


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    return [float(sum(not character.isspace() for character in reply)) for reply in replies]


LENGTH = Measure(
    "length",
    _("length"),
    UNBOUNDED,
    None,
    "number of characters without spaces",
    "characters, without spaces",
    rows,
    False,
)
