"""The only way to a model that writes behind a server (invariant 1): logged, bounded by timeout and retry.

What leaves the shop is besides redacted and booked on the budget, and a dialogue that never leaves is refused. That
holds for every cloud model, and for an end model on somebody else's machine. An end model on one of the shop's own
machines reads the words as they are, and the ledger does not keep them. An embedding model is asked directly, since
only the shop's own machines may serve one (`ecc_site.env.require_own_server`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

from ecc_site.core.errors import ExpectedError
from serving import budget, ledger
from serving.budget import NoBooking
from serving.limits import LONGEST_WAIT_S, Limits, NoLimits, limits_of, longest_attempt_s
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.patience import in_steps, in_time
from serving.providers import answered_at, leaves_shop, provider_of
from serving.question import OpenQuestion, ProtectedQuestion
from serving.reply_check import checked
from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, Reply
from serving.subject import NOBODY, Subject

ATTEMPTS = 4
MARGIN_S = 60.0  # for what is not waiting
LONGEST_PAUSE_S = 60.0
Pause = Callable[[float], object]
HOPELESS_S = 3600.0  # whoever asks for a longer pause will not be back for this question


@dataclass(frozen=True)
class CloudAnswer:
    call: CloudCall
    reply: Reply  # with the personal data put back


def serves(version: Version) -> bool:
    """Whether its model is asked through here; other models are loaded by the process that uses them."""
    return version.kind == Version.Kind.CLOUD or provider_of(version).is_remote


def ask(
    version: Version,
    messages: Sequence[Message],
    *,
    purpose: str,
    may_leave: Callable[[], bool],
    about: Subject = NOBODY,
    decoding: Decoding = EVALUATION,
    reuse: bool = False,
    pause: Pause | None = None,
    check: Callable[[], object] | None = None,
) -> CloudAnswer:
    """One question to a model behind a server.

    `about` is whom the messages are about and whom they quote, for the ledger.
    `may_leave` says whether all that the messages quote may leave as of now. It is asked before every attempt, so a
    dialogue that somebody marks “never leaves” meanwhile does not leave again.
    With `reuse` a complete earlier reply of the same model to the same redacted prompt for the same purpose is taken
    from the ledger: nothing leaves and no call is added. `check` is called every second while it waits for a slot, for
    the reply or between attempts, and ends the waiting by raising. Raises NeverLeaves, BudgetSpent, CircuitOpen and
    RedisUnavailable before anything leaves, and CloudProblem where no usable reply came; what left is in the ledger.
    """
    leaves = leaves_shop(version)
    is_protected = leaves or version.kind == Version.Kind.CLOUD
    question = ProtectedQuestion(messages, may_leave) if is_protected else OpenQuestion(messages)
    question.check()
    if reuse and question.kept and (known := ledger.answered_before(version, purpose, question.kept)):
        return CloudAnswer(known, question.restored(ledger.reply_of(known)))
    limits = limits_of(version)
    limits.check()
    runtime = runtime_for(version)

    def attempt() -> Reply:
        question.check()
        reply = in_time(partial(runtime.reply, question.messages, decoding), longest_attempt_s(), check)
        return checked(reply, question.messages, decoding)

    with (
        budget.booking(question.characters, decoding.max_new_tokens) if leaves else nullcontext(NoBooking()) as booking
    ):
        call = ledger.open_call(
            version,
            purpose,
            question.kept,
            place=answered_at(version),
            redactions=question.redactions,
            about=about,
        )
        answer = _logged(partial(booking.spend, attempt), question, call, limits, in_steps(pause or time.sleep, check))
    return CloudAnswer(call, question.restored(answer))


def _logged(
    attempt: Callable[[], Reply], question: OpenQuestion, call: CloudCall, limits: Limits | NoLimits, pause: Pause
) -> Reply:
    """The reply; how the call ended goes to the ledger and to the circuit breaker."""
    try:
        reply = _with_retries(attempt, call, limits, pause)
    except CloudProblem as problem:
        if not call.messages and question.is_repeated_in(str(problem)):  # of what stays in the shop no words are kept
            problem.args = (problem.own_words,)
        ledger.close_call(call, problem.outcome, problem=str(problem))
        limits.failed(problem)
        raise
    except Exception as error:
        said = str(error) if isinstance(error, ExpectedError) else type(error).__name__
        ledger.close_call(call, "broken", problem=said)
        raise
    ledger.close_call(call, "answered", reply=reply)
    limits.succeeded()
    return reply


def _with_retries(attempt: Callable[[], Reply], call: CloudCall, limits: Limits | NoLimits, pause: Pause) -> Reply:
    """The reply; asks again after growing, jittered pauses as long as the problem may pass."""
    while True:
        try:
            with limits.slot(pause):
                ledger.count_attempt(call)
                return attempt()
        except CloudProblem as problem:
            if not problem.may_pass or call.attempts >= ATTEMPTS:
                raise
            if problem.retry_after_s and problem.retry_after_s > HOPELESS_S:
                raise
            pause(_pause_s(problem, call.attempts) * random.uniform(1.0, 1.25))


def _pause_s(problem: CloudProblem, attempts: int) -> float:
    """As long as the provider asks for, else doubling from one second; never longer than LONGEST_PAUSE_S."""
    asked_for = problem.retry_after_s
    return min(LONGEST_PAUSE_S, asked_for if asked_for and asked_for > 0 else 2.0 ** (attempts - 1))


def longest_call_s() -> float:
    """Seconds after which a call cannot be under way any more."""
    an_attempt = LONGEST_WAIT_S + longest_attempt_s() + 1.25 * LONGEST_PAUSE_S
    return ATTEMPTS * an_attempt + MARGIN_S
