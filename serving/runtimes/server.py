"""What all models behind a server have in common."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, ModelUnavailable, Reply

LONGEST_PROMPT = 8000  # characters; more than a small window of 4,096 tokens holds in English, about as much in Chinese


class ServerRuntime(ABC):
    """Failures raise CloudProblem, whatever the package behind it raises; retrying is up to the gateway."""

    def reply(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> Reply:
        started = time.perf_counter()
        try:
            reply = self._ask(messages, decoding)
        except CloudProblem:
            raise
        except Exception as error:  # the packages meet odd bodies with errors of every kind
            raise self._problem_of(error) from error
        return replace(reply, latency_ms=1000 * (time.perf_counter() - started))

    def reply_batch(self, conversations: Sequence[Sequence[Message]], decoding: Decoding = EVALUATION) -> list[Reply]:
        return [self.reply(messages, decoding) for messages in conversations]

    def fits(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> bool:
        """By its characters, since nobody here knows the server's tokens."""
        return sum(len(message.text) for message in messages) <= LONGEST_PROMPT

    @abstractmethod
    def _ask(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        """The reply to one request; its latency does not count."""

    @abstractmethod
    def _problem_of(self, error: Exception) -> CloudProblem:
        """The problem, with an outcome that the ledger knows and the server's own words."""


def usable_key(name: str, key: str) -> str:
    """The key of that setting. Raises ModelUnavailable where no header can hold it, as with a remark in Chinese."""
    if not key.isascii():
        raise ModelUnavailable(f"{name} cannot be used: a key has no characters outside ASCII.")
    return key
