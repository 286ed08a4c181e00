"""Any server that speaks the OpenAI chat protocol: vLLM, Ollama, llama.cpp, or a cloud provider."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx2
import openai

from serving.runtimes.conversation import ROLE_NAMES, prepared
from serving.runtimes.http_limits import UnacceptableBody, bounded_client
from serving.runtimes.protocol import CloudProblem, Decoding, Message, ModelUnavailable, Reply
from serving.runtimes.provider_words import problem_of_status, seconds_of
from serving.runtimes.reading import chat_completion
from serving.runtimes.server import ServerRuntime, usable_key

REFUSES_OPTION = re.compile(
    r"not support|unsupported|unrecognized|unknown (?:param|arg)|only the default|\"param\":", re.I
)


class OpenAIRuntime(ServerRuntime):
    """One model behind one URL.

    Raises ModelUnavailable where the key or the proxies of the environment cannot be used.
    """

    def __init__(self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60, *, by_proxy: bool = True):
        self.name, self.base_url, self.api_key = model, base_url, usable_key("OPENAI_API_KEY", api_key)
        self.refused_options: set[str] = set()  # of the protocol's older options, those this server will not have
        try:
            http_client = bounded_client(timeout_s, trust_env=by_proxy)
        except (ValueError, ImportError) as error:
            raise ModelUnavailable(
                f"The proxies in HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY cannot be used: {error}"
            ) from error
        self.client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=0, http_client=http_client
        )

    def _ask(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        """Asks again where the server will not have an option that others need."""
        while True:
            try:
                response = self.client.chat.completions.with_raw_response.create(**self._arguments(messages, decoding))
                return chat_completion(response.http_response.content)
            except openai.BadRequestError as error:
                option = self._new_refusal(error)
                if option is None:
                    raise
                self.refused_options.add(option)

    def _arguments(self, messages: Sequence[Message], decoding: Decoding) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in self.refused_options else "max_tokens"
        arguments: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": ROLE_NAMES[m.role], "content": m.text} for m in prepared(messages)],
            limit: decoding.max_new_tokens,
        }
        if "temperature" not in self.refused_options:
            arguments |= {"temperature": decoding.temperature, "top_p": decoding.top_p}
        return arguments

    def _new_refusal(self, error: openai.BadRequestError) -> str | None:
        """max_tokens or temperature, where the server says for the first time that it does not take it."""
        text = error.response.text
        named = next((o for o in ("max_tokens", "temperature") if o in text and o not in self.refused_options), None)
        return named if named and REFUSES_OPTION.search(text) else None

    def _problem_of(self, error: Exception) -> CloudProblem:
        if isinstance(error, UnacceptableBody):
            return CloudProblem("broken", str(error))
        if isinstance(error, openai.APITimeoutError):
            return CloudProblem("timed_out", "no reply in time")
        if isinstance(error, openai.APIConnectionError):
            return self._connection_problem(error.__cause__)
        if isinstance(error, openai.APIStatusError):
            wish, mend = seconds_of(error.response.headers.get("retry-after", "")), self._likely_mend(error.status_code)
            return problem_of_status(error.status_code, error.response.text, wish, secret=self.api_key, mend=mend)
        return CloudProblem("broken", f"the reply cannot be read: {type(error).__name__}")

    def _connection_problem(self, cause: BaseException | None) -> CloudProblem:
        if isinstance(cause, httpx2.ProxyError):
            return CloudProblem("busy", "the proxy in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY does not let it through")
        if isinstance(cause, httpx2.ReadError | httpx2.RemoteProtocolError):
            return CloudProblem("busy", "the connection broke off before the reply was complete", is_free=False)
        return CloudProblem("busy", "the server cannot be reached")

    def _likely_mend(self, status: int) -> str:
        if status == 401 and not self.api_key:
            return "no key was sent: OPENAI_API_HOSTS says which hosts get OPENAI_API_KEY"
        if status == 404 and self.base_url.rstrip("/").endswith("/chat/completions"):
            return "the address should end before /chat/completions"
        if status == 404 and "/v1" not in self.base_url:
            return "most servers want an address that ends in /v1"
        return ""
