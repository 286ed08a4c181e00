"""What every model reads of a conversation, in serving and in training alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import dropwhile, groupby

from serving.runtimes.protocol import Message, Role

ROLE_NAMES = {"system": "system", "customer": "user", "agent": "assistant"}  # as protocols and templates call them


def prepared(messages: Sequence[Message]) -> list[Message]:
    """One system message, then customer and agent in turns, the customer first.

    Servers and chat templates refuse anything else. Turns without text, such as a picture, are left out; messages of
    one role in a row become one, joined by a line break; of the system's messages the first stays first, byte for
    byte, so that a provider's prefix cache still works.
    """
    written = [message for message in messages if message.text.strip()]
    system = [message for message in written if message.role == "system"]
    spoken = [message for message in written if message.role != "system"]
    from_customer = dropwhile(lambda message: message.role != "customer", spoken)
    turns = [_joined(role, group) for role, group in groupby(from_customer, key=lambda message: message.role)]
    return [_joined("system", system), *turns] if system else turns


def _joined(role: Role, messages: Iterable[Message]) -> Message:
    return Message(role, "\n".join(message.text for message in messages))
