"""Hashed character n-grams as a module of sentence-transformers: any text gets a vector, even an unseen one.

Features are single Chinese characters, pairs of neighbours, Latin words and numbers, and the triples of letters within
a word. Each is hashed to a row of one table. Untrained, the rows are random directions as long as the feature's IDF,
so that the cosine of two texts is about that of their weighted n-gram counts; training then moves the rows.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, NamedTuple
from zlib import crc32

import torch
from sentence_transformers.base.modules import InputModule
from torch import nn

RUNS = re.compile(r"[a-z]+|\d+|[^\W\da-z_]+")  # Latin word | number | Chinese and all other letters


class Feature(NamedTuple):
    ngram: str
    within: bool  # a pair of characters or a triple of letters, not a character or word itself


def features(text: str) -> Iterator[Feature]:
    """The n-grams of a text with their repetitions; letter case, full width and punctuation do not count."""
    for run in RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            yield Feature(run, False)
            yield from (Feature(part, True) for part in _windows(f"<{run}>", 3))
        else:
            yield from (Feature(character, False) for character in run)
            yield from (Feature(pair, True) for pair in _windows(run, 2))


def _windows(text: str, width: int) -> Iterator[str]:
    return (text[i : i + width] for i in range(len(text) - width + 1))


class HashedNgrams(InputModule):
    """Sum of a text's rows, shape (B, `dimension`). A text without features has the vector 0."""

    config_keys = ["buckets", "dimension", "within_weight"]

    def __init__(self, buckets: int = 8192, dimension: int = 256, within_weight: float = 0.5):
        super().__init__()
        self.buckets, self.dimension, self.within_weight = buckets, dimension, within_weight
        self.table = nn.EmbeddingBag(buckets, dimension, mode="sum")

    def bucket(self, feature: Feature) -> int:
        return crc32(feature.ngram.encode()) % self.buckets

    @torch.no_grad()
    def start_from(self, texts: Iterable[str], idf_cap: float, seed: int) -> None:
        """Random directions as long as the IDF of their bucket over these texts.

        From `idf_cap` in (0, 1] of the largest IDF on, all have length 1: what is rare here may be common elsewhere.
        """
        texts = list(texts)
        found = Counter(bucket for text in texts for bucket in {self.bucket(feature) for feature in features(text)})
        idf = torch.tensor([math.log((1 + len(texts)) / (1 + found[bucket])) for bucket in range(self.buckets)])
        directions = torch.randn(self.buckets, self.dimension, generator=torch.Generator().manual_seed(seed))
        self.table.weight.copy_(
            nn.functional.normalize(directions, dim=1) * (idf / idf.max() / idf_cap).clamp(max=1)[:, None]
        )

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        found = [list(features((prompt or "") + text)) for text in inputs]
        starts = [0, *accumulate(map(len, found))][: len(found)]
        together = list(chain.from_iterable(found))
        return {
            "input_ids": torch.tensor([self.bucket(feature) for feature in together], dtype=torch.long),
            "offsets": torch.tensor(starts),
            "weights": torch.tensor([self.within_weight if feature.within else 1.0 for feature in together]),
        }

    def forward(self, features: dict[str, torch.Tensor], **kwargs: Any) -> dict[str, torch.Tensor]:
        rows = self.table(features["input_ids"], features["offsets"], per_sample_weights=features["weights"])
        features["sentence_embedding"] = rows
        return features

    @property
    def max_seq_length(self) -> float:
        return math.inf

    def get_embedding_dimension(self) -> int:
        return self.dimension

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)

    @classmethod
    def load(cls, model_name_or_path: str, **where: Any) -> HashedNgrams:
        places = {k: v for k, v in where.items() if k in LOADING}
        module = cls(**cls.load_config(model_name_or_path, **places))
        weights = cls.load_torch_weights(model_name_or_path, **places)
        module.load_state_dict({name: values.float() for name, values in weights.items()})
        return module


LOADING = ("subfolder", "token", "cache_folder", "revision", "local_files_only")
