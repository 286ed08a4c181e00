"""ROUGE-2: which pairs of neighbouring words of the reference the reply has."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.measure import UNIT, Measure
from scoring.measures.beside.rouge import SOURCE, f1
from scoring.measures.beside.words import TOKENIZATION


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    return f1("rouge2", replies, references)


ROUGE_2 = Measure("rouge_2", "ROUGE-2", UNIT, True, SOURCE, TOKENIZATION, rows)
