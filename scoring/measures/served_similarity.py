"""Similarity by an embedding model behind a server, calibrated on the corpus since nothing is known of it."""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import Any

from scoring.measures.centred import CentredEncoder, digest_of, typical_texts
from scoring.measures.known_pairs import quantiles, reply_pairs
from scoring.measures.served import ServedEncoder
from scoring.measures.similarity import Similarity
from serving.corpus import exchanges

MEASURED = 60  # dev turns whose replies make the quantiles


class ServedSimilarity(Similarity):
    """Cosine of the centred vectors, clipped to [0, 1]."""

    def __init__(self, encoder: ServedEncoder):
        samples = typical_texts()
        super().__init__(CentredEncoder(encoder, samples))
        # What makes scores of another kind, beside the model's name.
        self.makeup = f"{encoder.dimension} {digest_of(samples)}"

    @cached_property
    def description(self) -> dict[str, Any]:
        """Its quantiles, as a scorer in a folder has them in scorer.json; asks the server for some hundred texts."""
        dev = [exchange for exchange in exchanges() if exchange.split == "dev"]
        right, unrelated = reply_pairs(Random(2).sample(dev, MEASURED))
        return {"quantiles": quantiles(*(self.score(*zip(*pairs, strict=True)) for pairs in (right, unrelated)))}
