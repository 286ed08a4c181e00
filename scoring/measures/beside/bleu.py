"""BLEU of one reply."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from scoring.measures.beside.measure import UNIT, Measure
from scoring.measures.beside.words import TOKENIZATION


def rows(queries: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> list[float]:
    pairs = zip(replies, references, strict=True)
    return [_scorer().sentence_score(reply, [reference]).score / 100 for reply, reference in pairs]


@cache
def _scorer() -> Any:
    """With the effective order: a reply of three words has no four in a row, which says nothing against it."""
    from sacrebleu.metrics import BLEU

    return BLEU(tokenize="zh", effective_order=True)


BLEU = Measure(
    "bleu",
    "BLEU",
    UNIT,
    True,
    "Papineni et al., ACL 2002; sacrebleu's sentence BLEU-4 with smoothing exp and effective order (Post, WMT 2018)",
    TOKENIZATION,
    rows,
)
