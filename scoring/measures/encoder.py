"""A text encoder that meets each distinct text once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np


class TextEncoder:
    """Unit vectors of texts by a sentence-transformers model; remembers up to `capacity` texts."""

    def __init__(self, model: str | Path, capacity: int = 200_000, trust_remote_code: bool = False):
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(model), device="cpu", trust_remote_code=trust_remote_code)
        self.capacity = capacity
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of length 1, shape (B, D), in the order of the texts."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if len(self._known) + len(new) > self.capacity:
            self._known = {}
            new = list(dict.fromkeys(texts))
        if new:
            vectors = self.model.encode(new, normalize_embeddings=True, show_progress_bar=False, batch_size=64)
            self._known.update(zip(new, np.asarray(vectors, dtype=np.float32), strict=True))
        return np.stack([self._known[text] for text in texts])

    def cosine(self, left: Sequence[str], right: Sequence[str]) -> np.ndarray:
        """Cosine of each pair, shape (B,), in [-1, 1]."""
        if not left:
            return np.zeros(0)
        vectors = self.encode([*left, *right])
        return np.einsum("bd,bd->b", vectors[: len(left)], vectors[len(left) :]).astype(float)
