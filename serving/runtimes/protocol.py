"""What every runtime takes and returns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

Role = Literal["system", "customer", "agent"]


@dataclass(frozen=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True)
class Decoding:
    """How a reply is chosen. The default is greedy, so that an evaluation can be repeated."""

    max_input_tokens: int = 256
    max_new_tokens: int = 128
    temperature: float = 0.0  # 0 is greedy
    top_p: float = 1.0

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that identify these settings."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


EVALUATION = Decoding()


@dataclass(frozen=True)
class Reply:
    """A model's reply. 0 tokens: not known; `remark`: what is odd about it.

    `finish_reason` is stop | length | empty, loop where it was cut since it repeated itself, remembered where no model
    wrote it.
    """

    text: str
    latency_ms: float
    tokens_in: int = 0
    tokens_out: int = 0
    finish_reason: str = "stop"
    remark: str = ""


def first_line(error: Exception) -> str:
    """What a library said, without the pages that may follow it."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


class ModelUnavailable(Exception):
    """The model cannot be loaded; the text is one sentence for the person who asked for it."""


class CloudProblem(Exception):
    """A model behind a server did not give a usable reply.

    `outcome` is one of busy | timed_out | refused | blocked | broken | empty; `retry_after_s` is the pause that the
    provider asked for; `tokens` is what the attempt cost, None where nobody can tell; `for_good` says that every
    other question would meet the same problem; `own_words` is the problem without what the provider wrote.
    """

    def __init__(
        self,
        outcome: str,
        detail: str,
        retry_after_s: float | None = None,
        *,
        tokens: int | None = None,
        is_free: bool | None = None,
        for_good: bool = False,
        own_words: str = "",
    ):
        super().__init__(detail)
        self.outcome, self.retry_after_s, self.for_good = outcome, retry_after_s, for_good
        self.own_words = own_words or detail
        free = outcome in ("busy", "refused") if is_free is None else is_free
        self.tokens = 0 if tokens is None and free else tokens

    @property
    def may_pass(self) -> bool:
        """Whether asking again can help."""
        return self.outcome in ("busy", "timed_out", "broken")


class Runtime(Protocol):
    def reply(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> Reply: ...

    def reply_batch(
        self, conversations: Sequence[Sequence[Message]], decoding: Decoding = EVALUATION
    ) -> list[Reply]: ...

    def fits(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> bool:
        """Whether the model reads all of it: nothing would be cut."""
