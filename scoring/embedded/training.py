"""Trains the two scorers on the corpus, briefly: their knowledge of other texts comes from their initial weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Router
from torch.nn import functional

from scoring.embedded.batches import SAME_INTENT, Batch, Batches
from scoring.measures.hashed_ngrams import HashedNgrams
from serving.corpus import Exchange

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ScorerSettings:
    """How a scorer is made."""

    steps: int
    learning_rate: float
    buckets: int
    dimension: int
    idf_cap: float  # from this share of the largest IDF on, features start with equal weight
    within_weight: float  # of pairs of characters and triples of letters; characters and words weigh 1
    temperature: float = 0.05  # of the ranking loss
    batch: int = 64
    seed: int = 11


def untrained(corpus: tuple[Exchange, ...], settings: ScorerSettings) -> HashedNgrams:
    texts = [t for e in corpus if e.split == "train" for t in (*e.wordings, e.shop, e.teacher, e.bare, e.general)]
    ngrams = HashedNgrams(settings.buckets, settings.dimension, settings.within_weight)
    ngrams.start_from(texts, settings.idf_cap, settings.seed)
    return ngrams


def train_similarity(corpus: tuple[Exchange, ...], settings: ScorerSettings, on_step: Progress) -> SentenceTransformer:
    """One tower, so that the order of two texts makes no difference."""
    torch.manual_seed(settings.seed)
    model = SentenceTransformer(modules=[untrained(corpus, settings)], device="cpu", similarity_fn_name="cosine")
    batches = Batches(corpus, settings.batch, settings.seed).similar()
    _descend(model, batches, lambda batch: graded_loss(model, batch), settings, on_step)
    return model


def train_match(corpus: tuple[Exchange, ...], settings: ScorerSettings, on_step: Progress) -> SentenceTransformer:
    """One table for both sides, and a projection per side that starts as the identity."""
    torch.manual_seed(settings.seed)
    sides = Router.for_query_document([_projection(settings.dimension)], [_projection(settings.dimension)])
    model = SentenceTransformer(modules=[untrained(corpus, settings), sides], device="cpu", similarity_fn_name="cosine")
    batches = Batches(corpus, settings.batch, settings.seed).answered()
    _descend(model, batches, lambda batch: ranking_loss(model, batch, settings.temperature), settings, on_step)
    return model


def _projection(dimension: int) -> Dense:
    return Dense(
        dimension, dimension, bias=False, activation_function=None, use_residual=True,
        init_weight=torch.zeros(dimension, dimension),
    )  # fmt: skip


def graded_loss(model: SentenceTransformer, batch: Batch) -> torch.Tensor:
    """Squared distance of every cosine in the batch from its target, which is 0 for unrelated texts."""
    cosines = _cosines(model, batch, (None, None))
    own = torch.eye(len(batch.left), dtype=torch.bool)
    target = torch.where(batch.same_intent, SAME_INTENT, 0.0)
    target[own] = batch.alike
    weight = torch.where(own, 1.0, torch.where(batch.same_intent, 0.3, 0.15))
    return (weight * (cosines - target).square()).sum() / len(batch.left)


def ranking_loss(model: SentenceTransformer, batch: Batch, temperature: float) -> torch.Tensor:
    """Each question must find its reply among the others', and vice versa; the same intent is not a negative."""
    cosines = _cosines(model, batch, ("query", "document")) / temperature
    own = torch.eye(len(batch.left), dtype=torch.bool)
    cosines = cosines.masked_fill(batch.same_intent & ~own, float("-inf"))
    right = torch.arange(len(batch.left))
    return functional.cross_entropy(cosines, right) + functional.cross_entropy(cosines.T, right)


def _cosines(model: SentenceTransformer, batch: Batch, sides: tuple[str | None, str | None]) -> torch.Tensor:
    """Shape (B, B), left texts by right texts."""
    vectors = []
    for texts, side in zip((batch.left, batch.right), sides, strict=True):
        features = model(model.preprocess(texts, task=side), **({"task": side} if side else {}))
        vectors.append(functional.normalize(features["sentence_embedding"], dim=1))
    return vectors[0] @ vectors[1].T


def _descend(
    model: SentenceTransformer,
    batches: Iterator[Batch],
    loss_of: Callable,
    settings: ScorerSettings,
    on_step: Progress,
) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    model.train()
    for step, batch in zip(range(settings.steps), batches, strict=False):
        loss_of(batch).backward()
        optimizer.step()
        optimizer.zero_grad()
        on_step(step + 1, settings.steps)
    model.eval()
