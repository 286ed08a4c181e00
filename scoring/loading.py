"""The configured scorers, loaded once per process, and the ScorerSet that identifies them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from django.conf import settings

from ecc_site.core.errors import ExpectedError
from knowledge.scorers import open_similarity
from scoring.components import Scorer, Scorers
from scoring.embeddings import STORE
from scoring.fusion import THETA
from scoring.measures.cache import Store
from scoring.measures.named import CannotOpen, description, identity, opened
from scoring.measures.opening import open_match
from scoring.models import ScorerSet
from scoring.parameters import theta_of
from serving.runtimes.served_name import served_name

if TYPE_CHECKING:
    from scoring.measures.served_similarity import ServedSimilarity


class ScorerUnavailable(ExpectedError):
    """A scorer cannot be loaded; the text is one sentence."""


@lru_cache(maxsize=2)
def load_scorers(similarity: str, match: str, store: Store | None = None) -> Scorers:
    """Both scorers by name or folder, with their results cached in the store. Raises ScorerUnavailable.

    So does a score later, where the similarity scorer is behind a server that does not answer.
    """
    return Scorers(open_similarity(similarity, store, ScorerUnavailable), _match(match, store))


def configured_scorers(store: Store | None = None) -> Scorers:
    return load_scorers(settings.SIMILARITY_MODEL, settings.MATCH_MODEL, store)


def configured_set() -> ScorerSet:
    """The ScorerSet of the configured scorers, created where it is new.

    Does not load the models, but asks the server of one that is served: its vectors tell what it is.
    """
    names = (settings.SIMILARITY_MODEL, settings.MATCH_MODEL)
    identities = [identity(name) for name in names]
    measured = None
    if served_name(names[0]):
        measured = cast("ServedSimilarity", configured_scorers(STORE).similarity)
        identities.append(measured.makeup)
    digest = hashlib.sha256("".join(identities).encode()).hexdigest()
    return ScorerSet.objects.filter(digest=digest).first() or _created(digest, names, measured)


def _created(digest: str, names: tuple[str, str], measured: ServedSimilarity | None) -> ScorerSet:
    described = [measured.description if measured else description(names[0]), description(names[1])]
    found, _ = ScorerSet.objects.get_or_create(
        digest=digest,
        defaults={
            "similarity": names[0],
            "match": names[1],
            "theta": _theta_of(described[1]),
            "quantiles": {"similarity": described[0].get("quantiles"), "match": described[1].get("quantiles")},
        },
    )
    return found


def own_theta() -> float:
    """The Θ of the configured match scorer."""
    return _theta_of(description(settings.MATCH_MODEL))


def _theta_of(described: dict) -> float:
    """What ships with a match scorer, else what its quantiles propose, else the paper's."""
    theta = described.get("theta", theta_of(described.get("quantiles")))
    return THETA if theta is None else theta


def _match(name: str, store: Store | None) -> Scorer:
    try:
        return opened(open_match, name, store, name in settings.TRUST_REMOTE_CODE)
    except CannotOpen as error:
        raise ScorerUnavailable(str(error)) from error
