"""ROUGE-L: how long a sequence of words both have in order."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.measure import UNIT, Measure
from scoring.measures.beside.rouge import SOURCE, f1
from scoring.measures.beside.words import TOKENIZATION


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    return f1("rougeL", replies, references)


ROUGE_L = Measure("rouge_l", "ROUGE-L", UNIT, True, SOURCE, TOKENIZATION, rows)
