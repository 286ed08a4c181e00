"""The scorers that the memory reads with: those of Eq. 1, loaded once per process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from ecc_site.core.errors import ExpectedError
from knowledge.retrieval.answering import Thresholds
from knowledge.retrieval.memory import Match
from knowledge.retrieval.thresholds import thresholds_of
from scoring.measures.cache import ResultCache, Store
from scoring.measures.named import CannotOpen, identity, opened
from scoring.measures.opening import open_match
from scoring.measures.similarity import Similarity
from serving import hosts
from serving.runtimes.served_name import ServedName, served_name


class MemoryUnavailable(ExpectedError):
    """The memory cannot be read; the text is one sentence."""


class MemoryScorers(NamedTuple):
    similarity: Similarity
    match: Match
    thresholds: Thresholds


# Where vectors are kept across runs: the app that has such a store puts it here.
STORES: list[Store] = []


def configured(*, kept: bool = False) -> MemoryScorers:
    """With `kept` the vectors of a server outlive this process, where there is a store. Raises MemoryUnavailable.

    The scorers that ship encode faster than a store reads.
    """
    is_served = served_name(settings.SIMILARITY_MODEL) is not None
    store = STORES[0] if kept and is_served and STORES else None
    return _load(settings.SIMILARITY_MODEL, settings.MATCH_MODEL, store)


def open_similarity(name: str, store: Store | None, failure: Callable[[str], Exception]) -> Similarity:
    """The similarity scorer of that name, behind a server or loaded here.

    Raises what `failure` makes of a sentence, now or later where a server does not answer.
    """
    served = served_name(name)
    if served:
        return _served(served, ResultCache(identity(name), store), failure)
    try:
        return opened(Similarity, name, store, name in settings.TRUST_REMOTE_CODE)
    except CannotOpen as error:
        raise failure(str(error)) from error


def _served(name: ServedName, cache: ResultCache, failure: Callable[[str], Exception]) -> Similarity:
    """Asked directly, and with the words as they are: so it has to be the shop's own."""
    if not hosts.is_own(name.url):
        host = hosts.host_of(name.url)
        raise failure(f"The similarity scorer at {host} cannot be used: OWN_HOSTS does not list that host.")
    from scoring.measures.served import ServedEncoder
    from scoring.measures.served_similarity import ServedSimilarity

    return ServedSimilarity(ServedEncoder(name, hosts.key_for(name.url), cache, failure))


@lru_cache(maxsize=2)
def _load(similarity: str, match: str, store: Store | None) -> MemoryScorers:
    try:
        return MemoryScorers(
            open_similarity(similarity, store, _unreadable),
            opened(open_match, match, trust_remote_code=match in settings.TRUST_REMOTE_CODE),
            thresholds_of(identity(similarity), identity(match)),
        )
    except CannotOpen as error:
        raise _unreadable(str(error)) from error


def _unreadable(reason: str) -> MemoryUnavailable:
    return MemoryUnavailable(f"The memory cannot be read. {reason}")
