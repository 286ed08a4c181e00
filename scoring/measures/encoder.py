"""Text encoders, and the one that runs here: it encodes each distinct text once, texts of similar length together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from scoring.measures.cache import Item, ResultCache
from scoring.measures.precision import Precision, fastest_precision
from scoring.measures.sentence_model import open_sentence_model

Side = Literal["query", "document"] | None
BATCH_TOKENS = 1024  # few enough to stay in the CPU's cache, many enough to keep it busy
TABLE_BATCH = 32  # texts; torch sums the rows of larger batches at half the speed


class Encoder(ABC):
    """Texts to vectors of length 1."""

    @abstractmethod
    def encode(self, texts: Sequence[str], side: Side = None) -> np.ndarray:
        """Vectors of length 1, shape (B, D), in the order of the texts.

        Models with two towers, or with a prompt for one side, need to know which `side` of a pair the texts are.
        """

    def cosine(self, left: Sequence[str], right: Sequence[str], sides: tuple[Side, Side] = (None, None)) -> np.ndarray:
        """Cosine of each pair, shape (B,), in [-1, 1]."""
        if not left:
            return np.zeros(0)
        if sides[0] == sides[1]:
            both = self.encode([*left, *right], sides[0])
            vectors = both[: len(left)], both[len(left) :]
        else:
            vectors = self.encode(left, sides[0]), self.encode(right, sides[1])
        return np.einsum("bd,bd->b", *vectors).astype(float)


class TextEncoder(Encoder):
    """Unit vectors of texts by a sentence-transformers model.

    A transformer runs in the given precision, by default in the fastest on this machine; anything else, such as a table
    of n-grams, runs in float32.
    """

    def __init__(
        self,
        model: str | Path,
        trust_remote_code: bool = False,
        cache: ResultCache | None = None,
        precision: Precision | None = None,
    ):
        import torch
        from sentence_transformers.base.modules import Transformer

        self.model = open_sentence_model(model, trust_remote_code)
        self.is_transformer = isinstance(self.model[0], Transformer)
        self.cache = cache or ResultCache()
        self.precision = (precision or fastest_precision()) if self.is_transformer else "float32"
        self.model.to(getattr(torch, self.precision))

    def encode(self, texts: Sequence[str], side: Side = None) -> np.ndarray:
        items = [(self.precision, side or "", text) for text in texts]
        return unit(self.cache.get(items, self._compute, np.float16).astype(np.float32))

    def _compute(self, items: list[Item]) -> np.ndarray:
        """Vectors of distinct texts of one side, shape (B, D)."""
        texts = [text for _, _, text in items]
        encode = {"query": self.model.encode_query, "document": self.model.encode_document}.get(
            items[0][1], self.model.encode
        )
        vectors: list[np.ndarray] = []
        order: list[int] = []
        for chosen in batches(self._lengths(texts)):
            batch = [texts[i] for i in chosen]
            encoded = encode(batch, batch_size=len(batch), show_progress_bar=False)
            vectors.append(np.asarray(encoded, dtype=np.float32))
            order += chosen
        return unit(np.concatenate(vectors)[np.argsort(order)])

    def _lengths(self, texts: list[str]) -> list[int]:
        if not self.is_transformer:
            return [BATCH_TOKENS // TABLE_BATCH] * len(texts)  # nothing is padded, so their lengths do not matter
        longest = self.model.max_seq_length
        return [len(ids) for ids in self.model.tokenizer(texts, truncation=True, max_length=longest)["input_ids"]]


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each row scaled to length 1, which bfloat16 is off by up to half a percent; a row of zeros stays."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def batches(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Positions, longest first, in batches that stay within the budget, padding included; one text always fits."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    while order:
        width = max(1, lengths[order[0]])
        size = max(1, budget // width)
        yield order[:size]
        order = order[size:]
