"""Any server that speaks the OpenAI chat protocol: vLLM, Ollama, llama.cpp, or a cloud provider."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import openai

from serving.runtimes.conversation import ROLE_NAMES, prepared
from serving.runtimes.openai_server import OpenAIServer
from serving.runtimes.protocol import CloudProblem, Decoding, Message, Reply
from serving.runtimes.reading import chat_completion
from serving.runtimes.server import ServerRuntime

REFUSES_OPTION = re.compile(
    r"not support|unsupported|unrecognized|unknown (?:param|arg)|only the default|\"param\":", re.I
)


class OpenAIRuntime(ServerRuntime):
    """One model behind one URL.

    Raises ModelUnavailable where the key or the proxies of the environment cannot be used.
    """

    def __init__(self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60, *, by_proxy: bool = True):
        self.name, self.server = model, OpenAIServer(base_url, api_key, timeout_s, by_proxy=by_proxy)
        self.refused_options: set[str] = set()  # of the protocol's older options, those this server will not have

    def _ask(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        """Asks again where the server will not have an option that others need."""
        completions = self.server.client.chat.completions.with_raw_response
        while True:
            try:
                response = completions.create(**self._arguments(messages, decoding))
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
        return self.server.problem_of(error)
