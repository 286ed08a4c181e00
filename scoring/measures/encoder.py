"""A text encoder that meets each distinct text once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

Side = Literal["query", "document"] | None
OWN_MODULE = "scoring.measures.hashed_ngrams.HashedNgrams"


class TextEncoder:
    """Unit vectors of texts by a sentence-transformers model; remembers up to `capacity` texts."""

    def __init__(self, model: str | Path, capacity: int = 200_000, trust_remote_code: bool = False):
        from sentence_transformers import SentenceTransformer

        trusted = trust_remote_code or brings_no_foreign_code(Path(model))
        self.model = SentenceTransformer(str(model), device="cpu", trust_remote_code=trusted)
        self.capacity = capacity
        self._known: dict[tuple[Side, str], np.ndarray] = {}

    def encode(self, texts: Sequence[str], side: Side = None) -> np.ndarray:
        """Vectors of length 1, shape (B, D), in the order of the texts.

        Models with two towers, or with a prompt for one side, need to know which `side` of a pair the texts are.
        """
        new = list(dict.fromkeys(text for text in texts if (side, text) not in self._known))
        if len(self._known) + len(new) > self.capacity:
            self._known = {}
            new = list(dict.fromkeys(texts))
        if new:
            encode = {"query": self.model.encode_query, "document": self.model.encode_document}.get(
                side, self.model.encode
            )
            vectors = encode(new, normalize_embeddings=True, show_progress_bar=False, batch_size=64)
            keys = [(side, text) for text in new]
            self._known.update(zip(keys, np.asarray(vectors, dtype=np.float32), strict=True))
        return np.stack([self._known[side, text] for text in texts])

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


def brings_no_foreign_code(folder: Path) -> bool:
    """Whether all modules of a saved model are those of sentence-transformers or the one of ours, and no code lies by.

    Sentence-transformers takes every module that is not its own for remote code, also one that ships with this project.
    """
    if not (folder / "modules.json").is_file() or any(folder.rglob("*.py")):
        return False
    named = [module["type"] for module in json.loads((folder / "modules.json").read_text())]
    for routes in folder.rglob("router_config.json"):
        named += json.loads(routes.read_text())["types"].values()
    return all(name == OWN_MODULE or name.startswith("sentence_transformers.") for name in named)
