"""How a version answers a conversation with what the shop remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.live import remembering, remembering_at, remembering_fixed
from knowledge.models import Entry
from knowledge.retrieval.answering import Answered, Plan, Remembering, answer_batch
from serving import gateway
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.providers import leaves_shop
from serving.runtimes.protocol import EVALUATION, Decoding, Message
from serving.subject import NOBODY, Subject


def memory_of(version: Version) -> Remembering | None:
    """What the version remembers while it is measured; None for weights alone. Raises MemoryUnavailable."""
    if version.fixed_memory is not None:
        return remembering_fixed(version.fixed_memory)
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


def ask_server(
    version: Version,
    plan: Plan,
    *,
    purpose: str,
    may_leave: Callable[[], bool],
    about: Subject = NOBODY,
    check: Callable[[], object] | None = None,
) -> tuple[Answered, CloudCall | None]:
    """The answer of a version behind a server, with its call; none where the memory answers directly.

    Before every attempt the entries in the prompt are asked as well whether they may leave. Raises as gateway.ask.
    """
    if plan.direct:
        return plan.direct, None
    shown = [used.id for used in plan.shown]
    answer = gateway.ask(
        version,
        plan.prompt,
        purpose=purpose,
        may_leave=lambda: may_leave() and Entry.objects.all_may_leave(shown),
        about=about.quoting(Entry.objects.origins_of(shown)),
        check=check,
    )
    return plan.choose(answer.reply), answer.call


@dataclass(frozen=True)
class LiveAnswer:
    """What a customer would get now; `revision` is that of the memory, None where the version reads none."""

    answered: Answered
    revision: int | None


def answer_now(
    version: Version,
    conversation: Sequence[Message],
    *,
    purpose: str,
    may_leave: Callable[[], bool],
    check: Callable[[], object] | None = None,
) -> LiveAnswer:
    """The answer to the last customer turn with the memory as it is now.

    Raises ModelUnavailable, MemoryUnavailable, and where the version is asked through the gateway what that raises.
    """
    memory, revision = remembering() if version.reads_memory else (None, None)
    plan = planned(version, conversation, memory)
    if gateway.serves(version):
        return LiveAnswer(ask_server(version, plan, purpose=purpose, may_leave=may_leave, check=check)[0], revision)
    return LiveAnswer(answer_batch(runtime_for(version), [plan], EVALUATION)[0], revision)


def catch_up() -> None:
    """Load what the next answer needs: the memory as it is now, and the model that answers customers."""
    champion = Version.objects.champion()
    if champion and champion.reads_memory:
        remembering()
        runtime_for(champion)
