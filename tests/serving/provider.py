"""A cloud provider of the tests' own: it speaks the OpenAI chat protocol and Gemini's REST, and does as it is told."""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

HANGING_S = 30  # longer than any client of these tests waits; the end of a test ends it sooner


@dataclass(frozen=True)
class Behaviour:
    """How one request is met.

    `silent` says nothing at all; `cut` closes and `hang` falls silent in the middle of the body; `drip` sends spaces
    without end, one at a time, so that no single read ever waits for long.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    hang: bool = False
    silent: bool = False
    drip: bool = False

    @property
    def announced(self) -> int:
        return len(self.body) + (1000 if self.cut or self.hang else 0)


@dataclass(frozen=True)
class Request:
    """What the provider saw."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    raw: str

    @property
    def body(self) -> dict:
        return json.loads(self.raw)


class Provider:
    """Meets the n-th request with the n-th behaviour; a request that nobody planned is met with 500."""

    def __init__(self):
        self.seen: list[Request] = []
        self._script: deque[Behaviour] = deque()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def will(self, *behaviours: Behaviour) -> None:
        self._script.extend(behaviours)

    def next_behaviour(self, request: Request) -> Behaviour:
        self.seen.append(request)
        return self._script.popleft() if self._script else Behaviour(b"nobody planned this request", 500)

    def fall_silent(self) -> None:
        self._released.wait(HANGING_S)

    def drip(self, file: BinaryIO) -> None:
        with suppress(OSError):  # the client has had enough
            while not self._released.wait(0.05):
                file.write(b" ")
                file.flush()

    @contextmanager
    def listening(self) -> Iterator[Provider]:
        thread = threading.Thread(target=self._server.serve_forever, args=[0.005], daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._released.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def _handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            behaviour = provider.next_behaviour(Request(self.path, headers, raw))
            if behaviour.silent:
                provider.fall_silent()
                return
            self.send_response(behaviour.status)
            self.send_header("Content-Type", behaviour.content_type)
            if not behaviour.drip:
                self.send_header("Content-Length", str(behaviour.announced))
            for name, value in behaviour.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(behaviour.body)
            self.wfile.flush()
            if behaviour.drip:
                provider.drip(self.wfile)
            if behaviour.hang:
                provider.fall_silent()

        def log_message(self, *args):
            """Nothing: what was asked stands in `seen`."""

    return Handler


def failing(status: int, body: dict | None = None, **headers: str) -> Behaviour:
    """An error in the shape that both protocols share; underscores in header names become hyphens."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    fallback = {"error": {"code": status, "message": "the provider's own words", "status": "UNKNOWN"}}
    return Behaviour(_json(body or fallback), status, shown)


def wrong_json(text: str = '{"choices": [') -> Behaviour:
    return Behaviour(text.encode())


PATIENT_S = 20  # how long a client waits that is to get its answer, however busy the machine
SOON_S = 60  # a call that waits for a bad server to end would never come back
SILENT = Behaviour(silent=True)


# --- the OpenAI chat protocol


def chat(text: str | None, finish: str = "stop", tokens_in: int = 11, tokens_out: int = 7) -> Behaviour:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    completion = {"id": "1", "object": "chat.completion", "created": 1, "model": "teacher", "choices": [choice]}
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}
    return Behaviour(_json(completion | {"usage": usage}))


# --- Gemini's REST


def generated(
    *texts: str, finish: str = "STOP", usage: tuple[int, int] | None = (13, 5), **candidate: object
) -> Behaviour:
    """A candidate with one part a text; no text, no parts."""
    content = {"role": "model"} | ({"parts": [{"text": text} for text in texts]} if texts else {})
    body: dict = {"candidates": [{"content": content, "finishReason": finish, "index": 0} | candidate]}
    if usage:
        body["usageMetadata"] = dict(zip(("promptTokenCount", "candidatesTokenCount"), usage, strict=True))
    return Behaviour(_json(body))


def prompt_blocked(reason: str = "SAFETY") -> Behaviour:
    return Behaviour(_json({"promptFeedback": {"blockReason": reason}}))


def too_many_for_gemini(retry_delay: str | None = None) -> Behaviour:
    """429 as Google writes it: the wish stands in a detail of the error, not in a header."""
    delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": retry_delay}
    error = {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}
    return failing(429, {"error": error | ({"details": [delay]} if retry_delay else {})})


def cut(behaviour: Behaviour) -> Behaviour:
    """The first half of it, and then the connection is closed."""
    return replace(behaviour, body=behaviour.body[: len(behaviour.body) // 2], cut=True)


def dripping(behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, drip=True)


def packed(behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, body=gzip.compress(behaviour.body), headers={"Content-Encoding": "gzip"})


def hanging_after(behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, hang=True)


def _json(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
