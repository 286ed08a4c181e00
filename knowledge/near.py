"""Which entries of the memory are nearest to a question, as a worker that has read it finds them."""

from __future__ import annotations

from knowledge.live import remembering
from knowledge.retrieval.items import Question
from scoring.measures.nearest import Encoder


def entries_near(question: Question, count: int) -> tuple[list[tuple[int, float]], int]:
    """Ids of at most `count` entries with replies and the similarity of their question in [0, 1], the nearest first;
    and how many are remembered.

    Raises MemoryUnavailable.
    """
    memory = remembering()[0].memory
    found = sorted(memory.find(question), key=lambda hit: -hit.similarity)
    return [(hit.item.id, hit.similarity) for hit in found[:count]], len(memory)


def encoder() -> Encoder:
    """That of the similarity scorer which the memory is read with. Raises MemoryUnavailable."""
    return remembering()[0].memory.encoder
