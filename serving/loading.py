"""From a Version to the runtime that answers for it. Models stay loaded in the process that asked for them."""

from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings

from serving.models import Version
from serving.providers import LOCAL, Provider, provider_of
from serving.runtimes.protocol import Runtime

_LOADING = Lock()  # two threads that ask at once must not load a model twice


def runtime_for(version: Version) -> Runtime:
    """The loaded model of a version. Raises ModelUnavailable with one sentence."""
    with _LOADING:
        return _load(provider_of(version), version.model, version.adapter)


def place_of(model: str) -> str | Path:
    """Where transformers finds a local model, by its name in END_MODEL."""
    return LOCAL.place(model)


@lru_cache(maxsize=3)
def _load(provider: Provider, model: str, adapter: str) -> Runtime:
    return provider.open(model, settings.DATA_DIR / adapter if adapter else None)
