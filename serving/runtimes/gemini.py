"""Gemini through google-generativeai: the only file that imports that package."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import google.generativeai as genai
import requests
import urllib3
from google.api_core import exceptions as google_errors
from google.generativeai.client import get_default_generative_client

from serving.runtimes.conversation import prepared
from serving.runtimes.http_limits import MOST_BYTES, UnacceptableBody
from serving.runtimes.protocol import CloudProblem, Decoding, Message, Reply
from serving.runtimes.provider_words import problem_of_status
from serving.runtimes.reading import spoken, tokens
from serving.runtimes.server import ServerRuntime, usable_key

# `google.generativeai.protos.Candidate.FinishReason`
MAX_TOKENS = 2
BLOCKING = {3: "safety", 4: "recitation", 6: "language", 7: "blocklist", 8: "prohibited content", 9: "personal data"}


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Reads at most MOST_BYTES of a body, unpacked, within `seconds`; follows no redirect, which would take the key
    and the customer's words to a server that nobody configured."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        response = super().send(*arguments, **{**options, "stream": True})
        if response.is_redirect or 300 <= response.status_code < 400:
            response.close()
            raise UnacceptableBody(
                f"the server answered with a redirect, {response.status_code}, which is not followed"
            )
        response.raw = urllib3.HTTPResponse(BytesIO(self._body(response)), preload_content=False)
        return response

    def _body(self, response: requests.Response) -> bytes:
        deadline, body = time.monotonic() + self.seconds, b""
        # What has come by now: waiting for a full block would wait for ever where a server drips.
        while chunk := response.raw.read1(2**16, decode_content=True):
            body += chunk
            if len(body) > MOST_BYTES:
                response.close()
                raise UnacceptableBody(f"the server sent more than {MOST_BYTES:,} bytes")
            if time.monotonic() > deadline:
                response.close()
                raise requests.Timeout("the body took too long")
        return body


class GeminiRuntime(ServerRuntime):
    """One Gemini model."""

    def __init__(self, model: str, api_key: str, endpoint: str = "", timeout_s: float = 60):
        self.name, self.timeout_s = model, timeout_s
        options = {"api_endpoint": endpoint} if endpoint else None
        self.api_key = usable_key("GEMINI_API_KEY", api_key)
        genai.configure(api_key=api_key, transport="rest", client_options=options)
        # The package has no other way to the session that reads the bodies.
        session = get_default_generative_client().transport._session
        for scheme in ("https://", "http://"):
            session.mount(scheme, BoundedAdapter(timeout_s))

    def _ask(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        turns = prepared(messages)
        system = next((m.text for m in turns if m.role == "system"), None)
        model = genai.GenerativeModel(self.name, system_instruction=system)
        contents = [
            {"role": "model" if m.role == "agent" else "user", "parts": [m.text]} for m in turns if m.role != "system"
        ]
        chosen = genai.GenerationConfig(
            max_output_tokens=decoding.max_new_tokens, temperature=decoding.temperature, top_p=decoding.top_p
        )
        # Without `retry: None` the package retries a 503 for ten minutes, whatever the timeout.
        options = {"retry": None, "timeout": self.timeout_s}
        return _reply(model.generate_content(contents, generation_config=chosen, request_options=options))

    def _problem_of(self, error: Exception) -> CloudProblem:
        return problem_of(error, self.api_key)


def _reply(response: Any) -> Reply:
    if not response.candidates and response.prompt_feedback:
        raise CloudProblem("blocked", f"the prompt was blocked: {response.prompt_feedback.block_reason.name.lower()}")
    if not response.candidates:
        raise CloudProblem("broken", "the server sent a reply without candidates")
    candidate, usage = response.candidates[0], response.usage_metadata
    used = tokens(usage.prompt_token_count), tokens(usage.candidates_token_count)
    if int(candidate.finish_reason) in BLOCKING:
        why = BLOCKING[int(candidate.finish_reason)]
        raise CloudProblem("blocked", f"the reply was blocked: {why}", tokens=sum(used) or None)
    text = spoken("".join(part.text for part in candidate.content.parts if not getattr(part, "thought", False)))
    if not text:
        raise CloudProblem("empty", f"no text, finish reason {int(candidate.finish_reason)}", tokens=sum(used) or None)
    finish = "length" if int(candidate.finish_reason) == MAX_TOKENS else "stop"
    return Reply(text, 0, *used, finish)


def problem_of(error: Exception, api_key: str = "") -> CloudProblem:
    """The problem, with an outcome that the ledger knows and Google's own words."""
    if isinstance(error, UnacceptableBody):
        return CloudProblem("broken", str(error))
    if isinstance(error, requests.Timeout | google_errors.GatewayTimeout) or _fell_silent(error):
        return CloudProblem("timed_out", "no reply in time")
    if isinstance(error, requests.ConnectionError):
        return CloudProblem("busy", "the server cannot be reached")
    if isinstance(error, google_errors.GoogleAPICallError) and error.code:
        words = re.sub(r"^POST \S+: ", "", str(error.message))
        return problem_of_status(int(error.code), words, _retry_delay(error), secret=api_key)
    return CloudProblem("broken", f"the reply cannot be read: {type(error).__name__}")


def _fell_silent(error: Exception) -> bool:
    """A timeout in the middle of the body, as it is or in a ConnectionError of requests."""
    silent = urllib3.exceptions.ReadTimeoutError
    return isinstance(error, silent) or (bool(error.args) and isinstance(error.args[0], silent))


def _retry_delay(error: google_errors.GoogleAPICallError) -> float | None:
    """Seconds, from the detail {"@type": "…RetryInfo", "retryDelay": "30s"}; None where there is none."""
    delays = (str(detail.get("retryDelay", "")) for detail in error.details or () if isinstance(detail, dict))
    found = next(filter(None, (re.fullmatch(r"(\d+(?:\.\d+)?)s", delay) for delay in delays)), None)
    return float(found[1]) if found else None
