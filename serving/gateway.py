"""The only way out to a cloud model: redacted, logged, bounded by timeout, retry and budget (law 1)."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecc_site.kit.jobs import JobError
from serving import budget
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.redaction import Redactor
from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, Reply

ATTEMPTS = 4
LONGEST_PAUSE_S = 60.0


class NeverLeaves(JobError):
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
    pause=time.sleep,
) -> CloudAnswer:
    """One question to a cloud model.

    Raises NeverLeaves and BudgetSpent before anything leaves, CloudProblem where no usable reply came; the call is in
    the ledger in every case but the first two.
    """
    if never_leaves:
        raise NeverLeaves("This dialogue is marked “never leaves”, so no cloud model is asked about it.")
    redactor = Redactor()
    redacted = redactor.redact_all(message.text for message in messages)
    leaving = [replace(message, text=one.text) for message, one in zip(messages, redacted, strict=True)]
    reserved = budget.estimate(sum(len(m.text) for m in leaving), decoding.max_new_tokens)
    runtime = runtime_for(version)
    day = budget.reserve(reserved)
    used = 0
    try:
        call = _open_call(version, purpose, leaving, sum(len(one.found) for one in redacted))
        reply = _recorded(runtime, leaving, decoding, call, pause)
        used = reply.tokens_in + reply.tokens_out
    finally:
        budget.settle(day, reserved, used)
    return CloudAnswer(call, replace(reply, text=redactor.restore(reply.text)))


def _recorded(runtime, leaving: list[Message], decoding: Decoding, call: CloudCall, pause) -> Reply:
    """The reply, with how it ended in the ledger."""
    try:
        reply = _persist(runtime, leaving, decoding, call, pause)
    except CloudProblem as problem:
        _close_call(call, problem.outcome, problem=str(problem))
        raise
    except Exception as error:
        _close_call(call, "broken", problem=type(error).__name__)
        raise
    _close_call(call, "answered", reply=reply)
    return reply


def _persist(runtime, leaving: list[Message], decoding: Decoding, call: CloudCall, pause) -> Reply:
    """Ask again, with growing and jittered pauses, as long as the problem may pass."""
    while True:
        call.attempts += 1
        try:
            return runtime.reply(leaving, decoding)
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


def _open_call(version: Version, purpose: str, leaving: list[Message], redactions: int) -> CloudCall:
    said = [{"role": m.role, "text": m.text} for m in leaving]
    return CloudCall.objects.create(
        version=version,
        purpose=purpose,
        prompt_hash=hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest(),
        messages=said,
        redactions=redactions,
    )


def _close_call(call: CloudCall, outcome: str, *, reply: Reply | None = None, problem: str = "") -> None:
    call.outcome, call.problem = outcome, problem
    if reply:
        call.reply, call.tokens_in, call.tokens_out = reply.text, reply.tokens_in, reply.tokens_out
        call.latency_ms = round(reply.latency_ms)
    call.save()
