"""The scorers that the memory reads with: those of Eq. 1, loaded once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from ecc_site.core.errors import ExpectedError
from knowledge.retrieval.answering import Thresholds
from knowledge.retrieval.memory import Match
from knowledge.retrieval.thresholds import thresholds_of
from scoring.measures.named import CannotOpen, identity, opened
from scoring.measures.opening import open_match
from scoring.measures.similarity import Similarity


class MemoryUnavailable(ExpectedError):
    """The memory cannot be read; the text is one sentence."""


class MemoryScorers(NamedTuple):
    similarity: Similarity
    match: Match
    thresholds: Thresholds


def configured() -> MemoryScorers:
    """Raises MemoryUnavailable."""
    return _load(settings.SIMILARITY_MODEL, settings.MATCH_MODEL)


@lru_cache(maxsize=1)
def _load(similarity: str, match: str) -> MemoryScorers:
    trusted = settings.TRUST_REMOTE_CODE
    try:
        return MemoryScorers(
            opened(Similarity, similarity, trust_remote_code=similarity in trusted),
            opened(open_match, match, trust_remote_code=match in trusted),
            thresholds_of(identity(similarity), identity(match)),
        )
    except CannotOpen as error:
        raise MemoryUnavailable(f"The memory cannot be read. {error}") from error
