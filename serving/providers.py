"""The providers of models: one class for each, found by the scheme in front of a model's name.

`gemini:<name>` belongs to the provider with the scheme `gemini`. An end model without a known scheme runs here. To add
a provider, write its runtime in `serving/runtimes/` and its class here, and list it in PROVIDERS. The web process reads
this module, so a provider imports its runtime only when a model is opened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from serving import hosts
from serving.models import CloudCall, Version
from serving.runtimes.protocol import ModelUnavailable, Runtime
from serving.runtimes.served_name import EXPECTED, served_name

EMBEDDED_END = Path(__file__).parent / "embedded" / "end"


class Provider(ABC):
    """How the models of one scheme are opened, and what callers need to know before they open one."""

    scheme: str
    expected: str  # how its names are written, for the sentence about a bad one
    kinds: tuple[str, ...] = (Version.Kind.CLOUD,)  # of the versions whose models it opens
    is_remote = True  # somebody else's service: what all workers together ask of it is limited
    window_tokens = 8_192  # context window; what even a small server has
    reads_examples = True  # in the prompt
    bare_model = ""  # answers as the model would without the prompt, where that takes another model

    @abstractmethod
    def open(self, model: str, adapter: Path | None) -> Runtime:
        """The loaded model of that name, which includes the scheme. Raises ModelUnavailable with one sentence."""

    def leaves(self, model: str) -> bool:
        """Whether what the model of that name is asked leaves the shop."""
        return self.is_remote

    def bad_name(self, model: str) -> ModelUnavailable:
        return ModelUnavailable(f"{model} cannot be used: expected {self.expected}.")


class Recorded(Provider):
    """Replies that were written down once."""

    scheme = "recorded"
    expected = "recorded"
    is_remote = False
    reads_examples = False  # it reads the question only
    bare_model = "recorded:bare"

    def open(self, model: str, adapter: Path | None) -> Runtime:
        from serving.runtimes.recorded import STYLES, RecordedRuntime

        style = model.partition(":")[2] or "prompted"
        if style not in STYLES:
            raise self.bad_name(model)
        return RecordedRuntime(style)


class Gemini(Provider):
    """Google's models by their names."""

    scheme = "gemini"
    expected = "gemini:<name>"
    window_tokens = 1_000_000

    def open(self, model: str, adapter: Path | None) -> Runtime:
        name = model.partition(":")[2]
        if not name:
            raise self.bad_name(model)
        if not settings.GEMINI_API_KEY:
            raise ModelUnavailable("Gemini needs GEMINI_API_KEY in the environment of the workers.")
        return self._runtime()(name, settings.GEMINI_API_KEY, settings.GEMINI_ENDPOINT, settings.CLOUD_TIMEOUT_S)

    def _runtime(self) -> Callable[..., Runtime]:
        """That of the package which GEMINI_CLIENT names."""
        if settings.GEMINI_CLIENT == "google-generativeai":
            from serving.runtimes.gemini import GeminiRuntime

            return GeminiRuntime
        try:
            from serving.runtimes.google_genai import GoogleGenAIRuntime
        except ImportError as error:
            raise ModelUnavailable("GEMINI_CLIENT=google-genai needs the package google-genai.") from error
        return GoogleGenAIRuntime


class OpenAI(Provider):
    """Any server that speaks the OpenAI chat protocol. The name of a model may contain `@` itself."""

    scheme = "openai"
    expected = EXPECTED
    window_tokens = 4_096  # what Ollama gives a model when nobody says otherwise
    kinds = (Version.Kind.END, Version.Kind.CLOUD)

    def open(self, model: str, adapter: Path | None) -> Runtime:
        found = served_name(model)
        if not found:
            raise self.bad_name(model)
        from serving.runtimes.openai import OpenAIRuntime

        url = found.url
        return OpenAIRuntime(
            found.model, url, hosts.key_for(url), settings.CLOUD_TIMEOUT_S, by_proxy=not hosts.is_own(url)
        )

    def leaves(self, model: str) -> bool:
        found = served_name(model)
        return found is None or not hosts.is_own(found.url)


class Local(Provider):
    """Models that transformers loads on this machine, by folder or name, with a PEFT adapter where there is one."""

    kinds = (Version.Kind.END,)
    is_remote = False

    def open(self, model: str, adapter: Path | None) -> Runtime:
        from serving.runtimes.end import EndRuntime

        return EndRuntime(self.place(model), adapter, model in settings.TRUST_REMOTE_CODE)

    def place(self, model: str) -> str | Path:
        """Where transformers finds it: the folder of the model that ships, else the name or path as it is."""
        return EMBEDDED_END if model == "embedded-end" else model


class Unknown(Provider):
    """Stands for the provider of a cloud model that none of them knows; all that fails is opening it."""

    def open(self, model: str, adapter: Path | None) -> Runtime:
        *others, last = (p.expected for p in PROVIDERS.values() if Version.Kind.CLOUD in p.kinds)
        raise ModelUnavailable(
            f"{model!r} is not a cloud model: expected {', '.join(others)} or {last} in CLOUD_MODEL."
        )


PROVIDERS: dict[str, Provider] = {provider.scheme: provider for provider in (Recorded(), Gemini(), OpenAI())}
LOCAL, UNKNOWN = Local(), Unknown()
BARE_MODELS = [provider.bare_model for provider in PROVIDERS.values() if provider.bare_model]


def provider_of(version: Version) -> Provider:
    """The provider whose scheme the version's model has; never fails, since only opening a model may."""
    provider = PROVIDERS.get(version.model.partition(":")[0])
    if provider and version.kind in provider.kinds:
        return provider
    return LOCAL if version.kind == Version.Kind.END else UNKNOWN


def leaves_shop(version: Version) -> bool:
    """Whether what the version is asked leaves the shop.

    So it does for every cloud model behind a server, since that may hand on what it is asked, and for an end model on
    somebody else's machine.
    """
    provider = provider_of(version)
    return provider.is_remote if version.kind == Version.Kind.CLOUD else provider.leaves(version.model)


def answered_at(version: Version) -> str:
    """Where the version is asked: outside the shop, at a server of the shop, or here, from a file (CloudCall.Place)."""
    if leaves_shop(version):
        return CloudCall.Place.OUTSIDE
    return CloudCall.Place.SERVER if provider_of(version).is_remote else CloudCall.Place.FILE
