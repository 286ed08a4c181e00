"""Similarity of two answers, the SimBERT part of Eq. 1 of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scoring.measures.cache import ResultCache
from scoring.measures.encoder import Encoder, TextEncoder


class Similarity:
    """Cosine of the two answers' vectors, clipped to [0, 1]; an empty answer resembles nothing and scores 0."""

    encoder: Encoder

    def __init__(self, model: str | Path | Encoder, trust_remote_code: bool = False, cache: ResultCache | None = None):
        self.encoder = model if isinstance(model, Encoder) else TextEncoder(model, trust_remote_code, cache)

    def score(self, end_answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
        """Shape (B,), higher is more alike."""
        answered = np.array([bool(a.strip() and b.strip()) for a, b in zip(end_answers, references, strict=True)])
        return np.where(answered, np.clip(self.encoder.cosine(end_answers, references), 0, 1), 0.0)
