"""Vectors of an encoder of which nothing is known, calibrated: unrelated texts get a cosine around 0.

Under many encoders all texts point the same way: unrelated Chinese replies have a cosine of .86 under
multilingual-e5-small, right ones .91. What the texts of a language have in common says nothing about one of them, so it
is taken off (Mu and Viswanath 2018, arXiv 1702.01417). Equal texts keep a cosine of 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from scoring.measures.encoder import Encoder, Side, unit
from serving.corpus import exchanges
from serving.runtimes.language import language_of

SAMPLED = 64  # questions and as many replies of each language


class CentredEncoder(Encoder):
    """Another encoder's vectors less the mean of their language, of length 1 again; zeros stay zeros.

    samples: typical texts by language, zh | en | other. A language without texts gets the mean of the others' means.
    """

    def __init__(self, encoder: Encoder, samples: Mapping[str, Sequence[str]]):
        self.encoder = encoder
        self.means: dict[str, np.ndarray] = {}
        for language, texts in samples.items():
            self.means[language] = encoder.encode(texts).mean(axis=0)
        self.elsewhere: np.ndarray = np.mean(list(self.means.values()), axis=0)

    def encode(self, texts: Sequence[str], side: Side = None) -> np.ndarray:
        vectors = self.encoder.encode(texts, side)
        if not len(vectors):
            return vectors
        languages = [language_of([text]) for text in texts]
        means = np.stack([self.means.get(language, self.elsewhere) for language in languages])  # (B, D)
        return unit(np.where(vectors.any(axis=1, keepdims=True), vectors - means, 0))


def typical_texts() -> dict[str, list[str]]:
    """Questions and replies of the corpus' train part by language, the same each time."""
    rng = Random(11)
    train = [exchange for exchange in exchanges() if exchange.split == "train"]
    found = {}
    for language in ("zh", "en"):
        chosen = rng.sample([exchange for exchange in train if exchange.language == language], SAMPLED)
        found[language] = [text for exchange in chosen for text in (exchange.customer, exchange.teacher)]
    return found


def digest_of(samples: Mapping[str, Sequence[str]]) -> str:
    """Identifies the texts: other texts make other vectors."""
    return hashlib.sha256(repr(sorted(samples.items())).encode()).hexdigest()[:16]
