"""Which of many texts are nearest to one, by a scorer's encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np


class Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, shape (B, D)."""


class Near(NamedTuple):
    place: int  # in the sequence of texts
    similarity: float  # in [0, 1]


def nearest(encoder: Encoder, text: str, others: Sequence[str], count: int) -> list[Near]:
    """At most `count` of the others, the nearest first, and of equally near ones the first."""
    if not others:
        return []
    vectors = encoder.encode([text, *others])
    similarities = np.clip(vectors[1:] @ vectors[0], 0, 1)  # (B,)
    best = np.argsort(-similarities, kind="stable")[:count]
    return [Near(int(i), float(similarities[i])) for i in best]
