"""The configured scorers, loaded once per process, and the ScorerSet that identifies them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.conf import settings

from ecc_site.core.errors import ExpectedError
from scoring.components import Scorers
from scoring.fusion import THETA
from scoring.measures.cache import Store
from scoring.measures.named import CannotOpen, description, identity, opened
from scoring.measures.opening import open_match
from scoring.measures.similarity import Similarity
from scoring.models import ScorerSet

Measure = TypeVar("Measure")


class ScorerUnavailable(ExpectedError):
    """A scorer cannot be loaded; the text is one sentence."""


@lru_cache(maxsize=2)
def load_scorers(similarity: str, match: str, store: Store | None = None) -> Scorers:
    """Both scorers by name or folder, with their results cached in the store. Raises ScorerUnavailable."""
    return Scorers(_load(Similarity, similarity, store), _load(open_match, match, store))


def configured_scorers(store: Store | None = None) -> Scorers:
    return load_scorers(settings.SIMILARITY_MODEL, settings.MATCH_MODEL, store)


def configured_set() -> ScorerSet:
    """The ScorerSet of the configured scorers, created where it is new. Does not load the models."""
    names = (settings.SIMILARITY_MODEL, settings.MATCH_MODEL)
    described = [description(name) for name in names]
    found, _ = ScorerSet.objects.get_or_create(
        digest=hashlib.sha256("".join(identity(name) for name in names).encode()).hexdigest(),
        defaults={
            "similarity": names[0],
            "match": names[1],
            "theta": described[1].get("theta", THETA),
            "quantiles": {"similarity": described[0].get("quantiles"), "match": described[1].get("quantiles")},
        },
    )
    return found


def own_theta() -> float:
    """The Θ that ships with the configured match scorer, else the paper's."""
    return description(settings.MATCH_MODEL).get("theta", THETA)


def _load(measure: Callable[..., Measure], name: str, store: Store | None) -> Measure:
    try:
        return opened(measure, name, store, name in settings.TRUST_REMOTE_CODE)
    except CannotOpen as error:
        raise ScorerUnavailable(str(error)) from error
