"""The only way out to a cloud model: redacted, logged, bounded by timeout, retry and budget (invariant 1)."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ecc_site.core.errors import ExpectedError
from serving import budget
from serving.limits import Limits, NoLimits, limits_of
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.redaction import Redactor
from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, Reply

ATTEMPTS = 4
LONGEST_PAUSE_S = 60.0
CHARACTERS_A_TOKEN = 40  # more than any token has; a reply beyond it was not what we asked for
CUT = "the reply was cut at its longest length"


class NeverLeaves(ExpectedError):
    """The dialogue is marked as one that never goes to a cloud model."""


@dataclass(frozen=True)
class CloudAnswer:
    call: CloudCall
    reply: Reply  # with the personal data put back


def ask(
    version: Version,
    messages: Sequence[Message],
    *,
    purpose: str,
    never_leaves: bool = False,
    decoding: Decoding = EVALUATION,
    reuse: bool = False,
    pause=time.sleep,
) -> CloudAnswer:
    """One question to a cloud model.

    With `reuse` the whole reply to the same redacted prompt, asked of the same model for the same purpose before, is
    taken from the ledger: nothing leaves and no call is added. Raises NeverLeaves, BudgetSpent, CircuitOpen and
    RedisAway before anything leaves, CloudProblem where no usable reply came; what left is in the ledger.
    """
    if never_leaves:
        raise NeverLeaves("This dialogue is marked “never leaves”, so no cloud model is asked about it.")
    redactor = Redactor()
    redacted = redactor.redact_all(message.text for message in messages)
    leaving = [replace(message, text=one.text) for message, one in zip(messages, redacted, strict=True)]
    if reuse and (known := _answered_before(version, purpose, leaving)):
        return CloudAnswer(known, _reply_of(known, redactor))
    limits = limits_of(version)
    limits.check()
    reserved = budget.estimate(sum(len(m.text) for m in leaving), decoding.max_new_tokens)
    runtime = runtime_for(version)
    day = budget.reserve(reserved)
    used = 0
    try:
        call = _open_call(version, purpose, leaving, sum(len(one.found) for one in redacted))
        reply = _recorded(lambda: _of_fair_length(runtime.reply(leaving, decoding), decoding), call, limits, pause)
        used = reply.tokens_in + reply.tokens_out
    finally:
        budget.settle(day, reserved, used)
    return CloudAnswer(call, replace(reply, text=redactor.restore(reply.text)))


def _of_fair_length(reply: Reply, decoding: Decoding) -> Reply:
    """A server that sends megabytes must not fill the ledger."""
    if len(reply.text) > CHARACTERS_A_TOKEN * decoding.max_new_tokens:
        raise CloudProblem("broken", f"the reply has {len(reply.text):,} characters, far more than was asked for")
    return reply


def _recorded(ask_once: Callable[[], Reply], call: CloudCall, limits: Limits | NoLimits, pause) -> Reply:
    """The reply, with how it ended in the ledger and in the circuit breaker."""
    try:
        reply = _persist(ask_once, call, limits, pause)
    except CloudProblem as problem:
        _close_call(call, problem.outcome, problem=str(problem))
        limits.failed(problem)
        raise
    except Exception as error:
        _close_call(call, "broken", problem=type(error).__name__)
        raise
    _close_call(call, "answered", reply=reply, problem=CUT if reply.finish_reason == "length" else "")
    limits.succeeded()
    return reply


def _persist(ask_once: Callable[[], Reply], call: CloudCall, limits: Limits | NoLimits, pause) -> Reply:
    """Ask again, with growing and jittered pauses, as long as the problem may pass."""
    while True:
        try:
            with limits.place(pause):
                call.attempts += 1
                return ask_once()
        except CloudProblem as problem:
            if not problem.may_pass or call.attempts >= ATTEMPTS:
                raise
            wanted = _pause_wanted_s(problem, call.attempts)
            if wanted > LONGEST_PAUSE_S:
                raise
            pause(wanted * random.uniform(1.0, 1.25))


def _pause_wanted_s(problem: CloudProblem, attempts: int) -> float:
    """The provider's wish where it is a time to come, else doubling from one second."""
    wish = problem.retry_after_s
    return wish if wish and wish > 0 else 2.0 ** (attempts - 1)


def _said(leaving: list[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "text": m.text} for m in leaving]


def _prompt_hash(leaving: list[Message]) -> str:
    return hashlib.sha256(json.dumps(_said(leaving), ensure_ascii=False).encode()).hexdigest()


def _answered_before(version: Version, purpose: str, leaving: list[Message]) -> CloudCall | None:
    """The newest call with this prompt and a whole reply, whose problem is therefore empty."""
    same = CloudCall.objects.filter(version=version, prompt_hash=_prompt_hash(leaving), purpose=purpose)
    return same.filter(outcome=CloudCall.Outcome.ANSWERED, problem="").order_by("-id").first()


def _reply_of(call: CloudCall, redactor: Redactor) -> Reply:
    return Reply(redactor.restore(call.reply), call.latency_ms or 0, call.tokens_in, call.tokens_out)


def _open_call(version: Version, purpose: str, leaving: list[Message], redactions: int) -> CloudCall:
    return CloudCall.objects.create(
        version=version,
        purpose=purpose,
        prompt_hash=_prompt_hash(leaving),
        messages=_said(leaving),
        redactions=redactions,
    )


def _close_call(call: CloudCall, outcome: str, *, reply: Reply | None = None, problem: str = "") -> None:
    call.outcome, call.problem = outcome, problem
    if reply:
        call.reply, call.tokens_in, call.tokens_out = reply.text, reply.tokens_in, reply.tokens_out
        call.latency_ms = round(reply.latency_ms)
    call.save()
