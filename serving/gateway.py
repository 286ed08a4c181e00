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
MAX_CHARACTERS_PER_TOKEN = 40  # more than any token has
CUT = "the reply was cut at the maximum length"


class NeverLeaves(ExpectedError):
    """The dialogue is marked “never leaves”, so no cloud model may see it."""


@dataclass(frozen=True)
class CloudAnswer:
    call: CloudCall
    reply: Reply  # with the personal data put back


def ask(
    version: Version,
    messages: Sequence[Message],
    *,
    purpose: str,
    may_leave: Callable[[], bool],
    decoding: Decoding = EVALUATION,
    reuse: bool = False,
    pause=time.sleep,
) -> CloudAnswer:
    """One question to a cloud model.

    `may_leave` says whether all that the messages quote may leave as of now. It is asked before every attempt, so a
    dialogue that somebody marks “never leaves” meanwhile does not leave again.
    With `reuse` a complete earlier reply of the same model to the same redacted prompt for the same purpose is taken
    from the ledger: nothing leaves and no call is added. Raises NeverLeaves, BudgetSpent, CircuitOpen and
    RedisUnavailable before anything leaves, and CloudProblem where no usable reply came; what left is in the ledger.
    """
    _check(may_leave)
    redactor = Redactor()
    redacted = redactor.redact_all(message.text for message in messages)
    leaving = [replace(message, text=redaction.text) for message, redaction in zip(messages, redacted, strict=True)]
    if reuse and (known := _answered_before(version, purpose, leaving)):
        return CloudAnswer(known, _reply_of(known, redactor))
    limits = limits_of(version)
    limits.check()
    reserved = budget.estimate(sum(len(m.text) for m in leaving), decoding.max_new_tokens)
    runtime = runtime_for(version)
    day = budget.reserve(reserved)
    used = 0
    try:
        call = _open_call(version, purpose, leaving, sum(len(redaction.found) for redaction in redacted))

        def attempt() -> Reply:
            _check(may_leave)
            return _bounded(runtime.reply(leaving, decoding), decoding)

        reply = _logged(attempt, call, limits, pause)
        used = reply.tokens_in + reply.tokens_out
    finally:
        budget.settle(day, reserved, used)
    return CloudAnswer(call, replace(reply, text=redactor.restore(reply.text)))


def _check(may_leave: Callable[[], bool]) -> None:
    if not may_leave():
        raise NeverLeaves("This dialogue is marked “never leaves”, so no cloud model is asked about it.")


def _bounded(reply: Reply, decoding: Decoding) -> Reply:
    """The reply. A server that sends megabytes must not fill the ledger, so that is a CloudProblem."""
    if len(reply.text) > MAX_CHARACTERS_PER_TOKEN * decoding.max_new_tokens:
        raise CloudProblem("broken", f"the reply has {len(reply.text):,} characters, far more than was asked for")
    return reply


def _logged(attempt: Callable[[], Reply], call: CloudCall, limits: Limits | NoLimits, pause) -> Reply:
    """The reply; how the call ended goes to the ledger and to the circuit breaker."""
    try:
        reply = _with_retries(attempt, call, limits, pause)
    except CloudProblem as problem:
        _close_call(call, problem.outcome, problem=str(problem))
        limits.failed(problem)
        raise
    except Exception as error:
        _close_call(call, "broken", problem=str(error) if isinstance(error, NeverLeaves) else type(error).__name__)
        raise
    _close_call(call, "answered", reply=reply, problem=CUT if reply.finish_reason == "length" else "")
    limits.succeeded()
    return reply


def _with_retries(attempt: Callable[[], Reply], call: CloudCall, limits: Limits | NoLimits, pause) -> Reply:
    """The reply; asks again after growing, jittered pauses as long as the problem may pass."""
    while True:
        try:
            with limits.slot(pause):
                call.attempts += 1
                return attempt()
        except CloudProblem as problem:
            if not problem.may_pass or call.attempts >= ATTEMPTS:
                raise
            pause_s = _pause_s(problem, call.attempts)
            if pause_s > LONGEST_PAUSE_S:
                raise
            pause(pause_s * random.uniform(1.0, 1.25))


def _pause_s(problem: CloudProblem, attempts: int) -> float:
    """As long as the provider asks for, else doubling from one second."""
    asked_for = problem.retry_after_s
    return asked_for if asked_for and asked_for > 0 else 2.0 ** (attempts - 1)


def _as_json(leaving: list[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "text": m.text} for m in leaving]


def _prompt_hash(leaving: list[Message]) -> str:
    return hashlib.sha256(json.dumps(_as_json(leaving), ensure_ascii=False).encode()).hexdigest()


def _answered_before(version: Version, purpose: str, leaving: list[Message]) -> CloudCall | None:
    """The newest call with this prompt and a complete reply, so without a problem."""
    same = CloudCall.objects.filter(version=version, prompt_hash=_prompt_hash(leaving), purpose=purpose)
    return same.filter(outcome=CloudCall.Outcome.ANSWERED, problem="").order_by("-id").first()


def _reply_of(call: CloudCall, redactor: Redactor) -> Reply:
    return Reply(redactor.restore(call.reply), call.latency_ms or 0, call.tokens_in, call.tokens_out)


def _open_call(version: Version, purpose: str, leaving: list[Message], redactions: int) -> CloudCall:
    return CloudCall.objects.create(
        version=version,
        purpose=purpose,
        prompt_hash=_prompt_hash(leaving),
        messages=_as_json(leaving),
        redactions=redactions,
    )


def _close_call(call: CloudCall, outcome: str, *, reply: Reply | None = None, problem: str = "") -> None:
    call.outcome, call.problem = outcome, problem
    if reply:
        call.reply, call.tokens_in, call.tokens_out = reply.text, reply.tokens_in, reply.tokens_out
        call.latency_ms = round(reply.latency_ms)
    call.save()
