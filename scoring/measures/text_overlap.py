"""BLEU, ROUGE-L and chrF of a whole set of answers against their references, all in [0, 1], higher is better.

BLEU and chrF of a set are no means over its answers; of single ones they are in `scoring.measures.beside`, with the
same words. An empty answer is known and scores 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.measures.beside.rouge import f1


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
    scores = f1("rougeL", answers, references)
    return sum(scores) / len(scores)


def _check(answers: Sequence[str], references: Sequence[str]) -> None:
    if not answers or len(answers) != len(references):
        raise ValueError(f"Expected as many answers as references and at least one, not {len(answers)}.")
