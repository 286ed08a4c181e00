"""One question on its way to a model behind a server: what is sent of it, and what the ledger keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ecc_site.core.errors import ExpectedError
from serving.own_redaction import redactor
from serving.runtimes.protocol import Message, Reply

REPEATED_HAN, REPEATED = re.compile("(?=([\u3400-\u9fff]{4}))"), re.compile("(?=(.{12}))")


class NeverLeaves(ExpectedError):
    """The dialogue is marked “never leaves”, so no model outside the shop may see it."""


class OpenQuestion:
    """For an end model on one of the shop's own machines: it reads the words as they are, the ledger keeps none."""

    redactions = 0
    kept: Sequence[Message] = ()

    def __init__(self, messages: Sequence[Message]):
        self.messages = list(messages)

    @property
    def characters(self) -> int:
        return sum(len(message.text) for message in self.messages)

    def check(self) -> None:
        """Raises NeverLeaves where the question must not be sent now."""

    def is_repeated_in(self, text: str) -> bool:
        """Whether the text has four Chinese characters of the question in a row, or twelve of any kind."""
        runs = [*REPEATED_HAN.findall(text), *REPEATED.findall(text)]
        return any(run in message.text for message in self.messages for run in runs)

    def restored(self, reply: Reply) -> Reply:
        """The reply with the personal data put back."""
        return reply


class ProtectedQuestion(OpenQuestion):
    """For a model that is not the shop's: redacted, and not sent when something that it quotes never leaves."""

    def __init__(self, messages: Sequence[Message], may_leave: Callable[[], bool]):
        self.may_leave, self.redactor = may_leave, redactor()
        redacted = self.redactor.redact_all(message.text for message in messages)
        self.redactions = sum(len(redaction.found) for redaction in redacted)
        super().__init__([replace(m, text=redaction.text) for m, redaction in zip(messages, redacted, strict=True)])
        self.kept = self.messages

    def check(self) -> None:
        if not self.may_leave():
            raise NeverLeaves("This dialogue is marked “never leaves”, so no cloud model is asked about it.")

    def restored(self, reply: Reply) -> Reply:
        return replace(reply, text=self.redactor.restore(reply.text))
