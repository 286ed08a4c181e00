"""What the three ROUGE measures share: Google's scorer, with words that keep Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from scoring.measures.beside.words import words

SOURCE = "Lin, ACL Workshop on Text Summarization 2004; F1 of google-research/rouge_score"


def f1(kind: str, replies: Sequence[str], references: Sequence[str]) -> list[float]:
    """F1 in [0, 1] of each pair; kind: rouge1 | rouge2 | rougeL."""
    pairs = zip(replies, references, strict=True)
    return [_scorer(kind).score(reference, reply)[kind].fmeasure for reply, reference in pairs]


class _Words:
    """`words` as the scorer asks for them; its own tokenizer drops every Chinese character."""

    tokenize = staticmethod(words)


@cache
def _scorer(kind: str) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer([kind], tokenizer=_Words())
