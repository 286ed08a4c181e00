"""From a Version to the runtime that answers for it. Models stay loaded in the process that asked for them."""

from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings

from serving.models import Version
from serving.runtimes.protocol import ModelUnavailable, Runtime

EMBEDDED_END = Path(__file__).parent / "embedded" / "end"
_LOADING = Lock()  # two threads that ask at once must not load a model twice


def runtime_for(version: Version) -> Runtime:
    """The loaded model of a version. Raises ModelUnavailable with one sentence."""
    with _LOADING:
        return _load(version.kind, version.model, version.adapter)


def place_of(model: str) -> str | Path:
    """Where transformers finds a local model: the folder of the embedded one, else the name or path as it is."""
    return EMBEDDED_END if model == "embedded-end" else model


@lru_cache(maxsize=3)
def _load(kind: str, model: str, adapter: str) -> Runtime:
    scheme, _, rest = model.partition(":")
    if scheme == "openai":
        return _openai(rest)
    if kind == "cloud":
        return _cloud(model)
    from serving.runtimes.end import EndRuntime

    return EndRuntime(
        place_of(model), settings.DATA_DIR / adapter if adapter else None, model in settings.TRUST_REMOTE_CODE
    )


def _openai(rest: str) -> Runtime:
    from serving.runtimes.openai import OpenAIRuntime

    name, _, url = rest.partition("@")
    if not (name and url.startswith(("http://", "https://"))):
        raise ModelUnavailable(f"openai:{rest} cannot be used: expected openai:<name>@<http address of the server>.")
    return OpenAIRuntime(name, url, settings.OPENAI_API_KEY, settings.CLOUD_TIMEOUT_S)


def _cloud(model: str) -> Runtime:
    scheme, _, rest = model.partition(":")
    if scheme == "recorded" and rest in ("", "prompted", "bare"):
        from serving.runtimes.recorded import RecordedRuntime

        return RecordedRuntime(style=rest or "prompted")
    if scheme == "gemini" and rest:
        if not settings.GEMINI_API_KEY:
            raise ModelUnavailable("Gemini needs GEMINI_API_KEY in the environment of the workers.")
        from serving.runtimes.gemini import GeminiRuntime

        return GeminiRuntime(rest, settings.GEMINI_API_KEY, settings.GEMINI_ENDPOINT, settings.CLOUD_TIMEOUT_S)
    raise ModelUnavailable(
        f"{model!r} is no cloud model: expected recorded, gemini:<name> or openai:<name>@<url> in CLOUD_MODEL."
    )
