"""How a version answers a conversation with what the shop remembers."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.live import remembering_at
from knowledge.retrieval.answering import Plan, Remembering
from serving.loading import runtime_for
from serving.models import Version
from serving.providers import leaves_shop
from serving.runtimes.protocol import EVALUATION, Decoding, Message


def memory_of(version: Version) -> Remembering | None:
    """What the version remembers while it is measured; None for weights alone. Raises MemoryUnavailable."""
    return None if version.memory_revision is None else remembering_at(version.memory_revision)


def planned(
    version: Version,
    conversation: Sequence[Message],
    memory: Remembering | None,
    *,
    origin: str | None = None,
    decoding: Decoding = EVALUATION,
) -> Plan:
    """What to do about the last customer turn, see Remembering.plan; without a memory the model is simply asked."""
    if memory is None:
        return Plan(tuple(conversation))
    runtime = runtime_for(version)

    def fits(prompt: Sequence[Message]) -> bool:
        return runtime.fits(prompt, decoding)

    return memory.plan(conversation, origin=origin, leaves=leaves_shop(version), fits=fits)
