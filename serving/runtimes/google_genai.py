"""Gemini through google-genai, the package that Google maintains; the only file that imports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx2
from google import genai
from google.genai import errors, types

from serving.runtimes.conversation import prepared
from serving.runtimes.http_limits import UnacceptableBody, bounded_client, trusted_certificates
from serving.runtimes.protocol import CloudProblem, Decoding, Message, Reply
from serving.runtimes.provider_words import problem_of_status
from serving.runtimes.reading import spoken, tokens
from serving.runtimes.server import ServerRuntime, usable_key

BLOCKING = {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}
ONCE = types.HttpRetryOptions(attempts=1)  # asking again is up to the gateway


class GoogleGenAIRuntime(ServerRuntime):
    """One Gemini model."""

    def __init__(self, model: str, api_key: str, endpoint: str = "", timeout_s: float = 60):
        self.name, self.api_key = model, usable_key("GEMINI_API_KEY", api_key)
        certificates = trusted_certificates(trust_env=True)
        options = types.HttpOptions(
            base_url=endpoint or None,
            api_version="v1beta",  # as the other package asks
            timeout=int(1000 * timeout_s),
            retry_options=ONCE,
            httpx_client=bounded_client(timeout_s, trust_env=True),
            # Of its clients for asyncio, which are never used: it would read the certificates for each of them.
            async_client_args={"verify": certificates, "ssl": certificates},
            client_args={"verify": certificates},
        )
        self.client = genai.Client(api_key=api_key, vertexai=False, http_options=options)

    def _ask(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        turns = prepared(messages)
        contents: Any = [
            types.Content(role="model" if m.role == "agent" else "user", parts=[types.Part(text=m.text)])
            for m in turns
            if m.role != "system"
        ]
        chosen = types.GenerateContentConfig(
            system_instruction=next((m.text for m in turns if m.role == "system"), None),
            max_output_tokens=decoding.max_new_tokens,
            temperature=decoding.temperature,
            top_p=decoding.top_p,
        )
        return _reply(self.client.models.generate_content(model=self.name, contents=contents, config=chosen))

    def _problem_of(self, error: Exception) -> CloudProblem:
        return problem_of(error, self.api_key)


def _reply(response: types.GenerateContentResponse) -> Reply:
    feedback = response.prompt_feedback
    if not response.candidates and feedback and feedback.block_reason:
        raise CloudProblem("blocked", f"the prompt was blocked: {feedback.block_reason.name.lower()}")
    if not response.candidates:
        raise CloudProblem("broken", "the server sent a reply without candidates")
    candidate, usage = response.candidates[0], response.usage_metadata
    finish = candidate.finish_reason.name if candidate.finish_reason else ""
    used = tokens(usage and usage.prompt_token_count), _written(usage)
    if finish in BLOCKING:
        raise CloudProblem("blocked", f"the reply was blocked: {finish.lower()}", tokens=sum(used) or None)
    parts = (candidate.content and candidate.content.parts) or []
    text = spoken("".join(part.text or "" for part in parts if not part.thought))
    if not text:
        raise CloudProblem("empty", f"no text, finish reason {finish.lower()}", tokens=sum(used) or None)
    return Reply(text, 0, *used, "length" if finish == "MAX_TOKENS" else "stop")


def _written(usage: types.GenerateContentResponseUsageMetadata | None) -> int:
    """Tokens of the reply and of the thinking before it, which is paid for too."""
    return tokens(usage and usage.candidates_token_count) + tokens(usage and usage.thoughts_token_count)


def problem_of(error: Exception, api_key: str = "") -> CloudProblem:
    """The problem, with an outcome that the ledger knows and Google's own words."""
    if isinstance(error, httpx2.TimeoutException) or getattr(error, "code", None) == httpx2.codes.GATEWAY_TIMEOUT:
        return CloudProblem("timed_out", "no reply in time")
    if isinstance(error, UnacceptableBody):
        return CloudProblem("broken", str(error))
    if isinstance(error, httpx2.ConnectError):
        return CloudProblem("busy", "the server cannot be reached")
    if isinstance(error, errors.APIError) and error.code:
        return problem_of_status(int(error.code), str(error.message or ""), _retry_delay(error), secret=api_key)
    return CloudProblem("broken", f"the reply cannot be read: {type(error).__name__}")


def _retry_delay(error: errors.APIError) -> float | None:
    """Seconds, from a detail {"retryDelay": "30s"} anywhere in the error; None where there is none."""
    found = re.search(r"['\"]retryDelay['\"]: ['\"](\d+(?:\.\d+)?)s['\"]", str(error.details))
    return float(found[1]) if found else None
