"""How much of a reply it has said before."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.measure import UNIT, Measure
from scoring.measures.beside.measure import gettext_noop as _


def repeated(reply: str) -> float:
    """Share of its pairs of neighbouring characters that stood in it before, in [0, 1]; near 1 for a loop."""
    pairs = [reply[i : i + 2] for i in range(len(reply) - 1)]
    return 1 - len(set(pairs)) / len(pairs) if pairs else 0.0


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    return [repeated(reply) for reply in replies]


REPETITION = Measure(
    "repetition",
    _("repetition"),
    UNIT,
    False,
    "1 − distinct-2 (Li et al., NAACL 2016) of one reply",
    "pairs of neighbouring characters",
    rows,
    False,
)
