"""ROUGE-1: which words of the reference the reply has."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.measure import UNIT, Measure
from scoring.measures.beside.rouge import SOURCE, f1
from scoring.measures.beside.words import TOKENIZATION


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    return f1("rouge1", replies, references)


ROUGE_1 = Measure("rouge_1", "ROUGE-1", UNIT, True, SOURCE, TOKENIZATION, rows)
