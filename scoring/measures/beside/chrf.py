"""chrF of one reply."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from scoring.measures.beside.measure import UNIT, Measure


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    pairs = zip(replies, references, strict=True)
    return [_scorer().sentence_score(reply, [reference]).score / 100 for reply, reference in pairs]


@cache
def _scorer() -> Any:
    from sacrebleu.metrics import CHRF

    return CHRF()


CHRF = Measure(
    "chrf",
    "chrF",
    UNIT,
    True,
    "Popović, WMT 2015; sacrebleu's sentence chrF2: characters 1 to 6 in a row, recall counts twice",
    "characters, without spaces",
    rows,
)
