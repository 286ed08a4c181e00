"""A server of the tests' own with /v1/embeddings, whose vectors all point much the same way, as real ones do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import contextmanager
from hashlib import sha256

import numpy as np

from serving.runtimes.served_name import ServedName
from tests.serving.provider import Behaviour, Provider, Request

DIMENSION = 64
SHARED = 3.0  # length of what all vectors have in common


class Embedder(Provider):
    """Does what is planned, and else embeds: texts with characters in common have near vectors."""

    def __init__(self, dimension: int = DIMENSION):
        super().__init__()
        self.dimension = dimension

    @property
    def name(self) -> ServedName:
        return ServedName("small", f"{self.url}/v1")

    @property
    def setting(self) -> str:
        """As SIMILARITY_MODEL."""
        return f"openai:{self.name.model}@{self.name.url}"

    @property
    def asked(self) -> list[str]:
        """All texts, in the order in which they came."""
        return [text for request in self.seen for text in request.body["input"]]

    def next_behaviour(self, request: Request) -> Behaviour:
        if self._script:
            return super().next_behaviour(request)
        self.seen.append(request)
        return embeddings([vector(text, self.dimension).tolist() for text in request.body["input"]])


@contextmanager
def listening(dimension: int = DIMENSION):
    with Embedder(dimension).listening() as server:
        yield server


def vector(text: str, dimension: int = DIMENSION) -> np.ndarray:
    """Counts of hashed characters, of length 1, and a long shared part; shape (dimension,)."""
    found = np.zeros(dimension)
    for character in text:
        found[int.from_bytes(sha256(character.encode()).digest()[:4]) % dimension] += 1
    return found / max(np.linalg.norm(found), 1e-9) + SHARED / np.sqrt(dimension)


def embeddings(vectors: Sequence[object], **more: object) -> Behaviour:
    """An answer with these vectors, whatever they are."""
    data = [{"object": "embedding", "index": i, "embedding": numbers} for i, numbers in enumerate(vectors)]
    return Behaviour(json.dumps({"object": "list", "data": data, "model": "small"} | more).encode())
