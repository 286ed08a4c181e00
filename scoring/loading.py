"""The configured scorers, loaded once per process, and the ScorerSet that identifies them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from safetensors import SafetensorError

from ecc_site.core.errors import ExpectedError
from scoring.components import Scorer, Scorers
from scoring.fusion import THETA
from scoring.measures.cache import ResultCache, Store
from scoring.measures.opening import open_match
from scoring.measures.similarity import Similarity
from scoring.models import ScorerSet

EMBEDDED = Path(__file__).parent / "embedded"
FOLDERS = {"embedded-simbert": EMBEDDED / "simbert", "embedded-rocketqa": EMBEDDED / "rocketqa"}
DESCRIPTION = "scorer.json"  # theta and quantiles that ship with a scorer


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
    described = [_description(name) for name in names]
    found, _ = ScorerSet.objects.get_or_create(
        digest=hashlib.sha256("".join(_identity(name) for name in names).encode()).hexdigest(),
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
    return _description(settings.MATCH_MODEL).get("theta", THETA)


def _load(measure: Callable, name: str, store: Store | None) -> Scorer:
    cache = ResultCache(_identity(name), store)
    try:
        return measure(FOLDERS.get(name, name), name in settings.TRUST_REMOTE_CODE, cache)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ScorerUnavailable(f"The scorer {name} cannot be loaded: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _folder(name: str) -> Path | None:
    folder = Path(FOLDERS.get(name, name))
    return folder if folder.is_dir() else None


def _identity(name: str) -> str:
    """The name, with the hash of all its files where it is a folder: retrained weights are another scorer."""
    digest = hashlib.sha256(name.encode())
    folder = _folder(name)
    if folder:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _description(name: str) -> dict:
    folder = _folder(name)
    file = folder / DESCRIPTION if folder else None
    return json.loads(file.read_text()) if file and file.is_file() else {}
