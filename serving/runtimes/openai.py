"""Any server that speaks the OpenAI chat protocol: vLLM, Ollama, llama.cpp, or a cloud provider."""

from __future__ import annotations

import time
from collections.abc import Sequence

import openai

from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, Reply

ROLE_NAMES = {"system": "system", "customer": "user", "agent": "assistant"}


class OpenAIRuntime:
    """One model behind one URL. Failures raise CloudProblem; retrying is up to the gateway."""

    def __init__(self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60, *, by_proxy: bool = True):
        self.name = model
        self.client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            timeout=timeout_s,
            max_retries=0,
            # A redirect would send the customer's words to a server that nobody configured.
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=by_proxy),
        )

    def reply(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> Reply:
        started = time.perf_counter()
        try:
            completion = self.client.chat.completions.create(**self._arguments(messages, decoding))
        except (openai.OpenAIError, ValueError) as error:  # ValueError: the body is not JSON
            raise problem_of(error) from error
        return _reply(completion, 1000 * (time.perf_counter() - started))

    def reply_batch(self, conversations: Sequence[Sequence[Message]], decoding: Decoding = EVALUATION) -> list[Reply]:
        return [self.reply(messages, decoding) for messages in conversations]

    def _arguments(self, messages: Sequence[Message], decoding: Decoding) -> dict:
        return {
            "model": self.name,
            "messages": [{"role": ROLE_NAMES[m.role], "content": m.text} for m in messages],
            "max_tokens": decoding.max_new_tokens,
            "temperature": decoding.temperature,
            "top_p": decoding.top_p,
        }


def _reply(completion, latency_ms: float) -> Reply:
    if not getattr(completion, "choices", None):
        raise CloudProblem("broken", "the server sent a reply without choices")
    choice, usage = completion.choices[0], completion.usage
    content = getattr(choice.message, "content", "") or ""
    if not isinstance(content, str):
        raise CloudProblem("broken", "the server sent a reply whose content is not text")
    text = content.strip()
    if choice.finish_reason == "content_filter":
        raise CloudProblem("blocked", "finish reason content_filter")
    if not text:
        raise CloudProblem("empty", f"no text, finish reason {choice.finish_reason}")
    finish = "length" if choice.finish_reason == "length" else "stop"
    return Reply(text, latency_ms, _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"), finish)


def _count(usage, name: str) -> int:
    """Some servers send no usage, or a usage without numbers."""
    return getattr(usage, name, None) or 0


def problem_of(error: Exception) -> CloudProblem:
    """The problem, with an outcome that the ledger knows."""
    if isinstance(error, openai.APITimeoutError):
        return CloudProblem("timed_out", "no reply in time")
    if isinstance(error, openai.APIConnectionError):
        return CloudProblem("busy", "the server cannot be reached")
    if isinstance(error, openai.RateLimitError):
        return CloudProblem("busy", "too many requests", _retry_after(error))
    if isinstance(error, openai.APIStatusError) and error.status_code >= 500:
        return CloudProblem("busy", f"the server failed with {error.status_code}", _retry_after(error))
    if isinstance(error, openai.APIStatusError):
        return CloudProblem("refused", f"the server refused with {error.status_code}")
    return CloudProblem("broken", f"the reply cannot be read: {type(error).__name__}")


def _retry_after(error: openai.APIStatusError) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
