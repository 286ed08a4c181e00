"""Pairs of texts of the corpus whose truth is known, and the quantiles of a scorer's scores on them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from serving.corpus import Exchange

STYLES = ("shop", "teacher", "bare", "general")  # the replies of an exchange
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
UNRELATED = 3  # replies from other intents for each right one

Pairs = list[tuple[str, str]]


def question_pairs(corpus: Sequence[Exchange]) -> tuple[Pairs, Pairs]:
    """Dev questions with their own replies, and with replies of other intents in the same language."""
    right, unrelated = [], []
    for turn, others in _with_others(corpus):
        for style in STYLES:
            right.append((turn.customer, getattr(turn, style)))
            unrelated += [(turn.customer, getattr(other, style)) for other in others]
    return right, unrelated


def reply_pairs(corpus: Sequence[Exchange]) -> tuple[Pairs, Pairs]:
    """The shop's dev replies with the other replies to the turn, and with replies of other intents."""
    right, unrelated = [], []
    for turn, others in _with_others(corpus):
        for style in STYLES[1:]:
            right.append((turn.shop, getattr(turn, style)))
            unrelated += [(turn.shop, getattr(other, style)) for other in others]
    return right, unrelated


def quantiles(right: np.ndarray, unrelated: np.ndarray) -> dict[str, dict[str, float]]:
    """Of the scores of right and of unrelated pairs, as they are kept with a scorer set."""
    named = {"right": right, "unrelated": unrelated}
    return {
        name: {f"{q:g}": rounded(value) for q, value in zip(QUANTILES, np.quantile(scores, QUANTILES), strict=True)}
        for name, scores in named.items()
    }


def rounded(value: float | np.floating) -> float:
    return round(float(value), 4)


def _with_others(corpus: Sequence[Exchange]) -> list[tuple[Exchange, list[Exchange]]]:
    rng = Random(1)
    dev = [exchange for exchange in corpus if exchange.split == "dev"]
    others = {e: [o for o in dev if o.intent != e.intent and o.language == e.language] for e in dev}
    return [(turn, rng.sample(others[turn], UNRELATED)) for turn in dev]
