"""BLEU, ROUGE-L and chrF of answers against their references, all in [0, 1], higher is better.

Words are those of sacrebleu's tokenizer `zh`: every Chinese character is a word of its own, other text is split as by
13a. chrF works on characters and needs no words. An empty answer is known and scores 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

TOKENIZATION = "sacrebleu zh"


def bleu(answers: Sequence[str], references: Sequence[str]) -> float:
    """Corpus BLEU-4 (Papineni et al. 2002) with the smoothing `exp`; ValueError without a pair."""
    _check(answers, references)
    from sacrebleu import corpus_bleu

    return corpus_bleu(list(answers), [list(references)], tokenize="zh").score / 100


def chrf(answers: Sequence[str], references: Sequence[str]) -> float:
    """Corpus chrF2 (Popović 2015): F-score of character 1- to 6-grams; ValueError without a pair."""
    _check(answers, references)
    from sacrebleu import corpus_chrf

    return corpus_chrf(list(answers), [list(references)]).score / 100


def rouge_l(answers: Sequence[str], references: Sequence[str]) -> float:
    """Mean F1 of the longest common subsequence of words (Lin 2004); ValueError without a pair."""
    _check(answers, references)
    scores = [_rouge().score(reference, answer) for answer, reference in zip(answers, references, strict=True)]
    return sum(score["rougeL"].fmeasure for score in scores) / len(scores)


def words(text: str) -> list[str]:
    return _tokenizer()(text.lower()).split()


@cache
def _tokenizer():
    from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

    return TokenizerZh()


class _Words:
    """`words` as the scorer asks for them; its own tokenizer drops every Chinese character."""

    tokenize = staticmethod(words)


@cache
def _rouge():
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], tokenizer=_Words())


def _check(answers: Sequence[str], references: Sequence[str]) -> None:
    if not answers or len(answers) != len(references):
        raise ValueError(f"Expected as many answers as references and at least one, not {len(answers)}.")
