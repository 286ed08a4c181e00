"""Writes and reads the ledger of calls. Of a call that stays in the shop it keeps no words, only that it happened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from serving.models import CloudCall, CloudDay, Version
from serving.querysets import WORDLESS
from serving.runtimes.protocol import Message, Reply
from serving.subject import NOBODY, Subject

ORPHANED = "the worker died before the reply was stored"
CUT = "the reply was cut at the maximum length"


def open_call(
    version: Version,
    purpose: str,
    messages: Sequence[Message],
    *,
    place: str,
    redactions: int = 0,
    about: Subject = NOBODY,
) -> CloudCall:
    """A new row before anything is sent; `messages` are those that the ledger is to keep."""
    call = CloudCall.objects.create(
        version=version,
        purpose=purpose,
        prompt_hash=prompt_hash(messages) if messages else "",
        messages=_as_json(messages),
        redactions=redactions,
        place=place,
        dataset_id=about.dataset,
        dialogue_id=about.dialogue,
        turn_id=about.turn,
    )
    if messages:
        for origins in about.quoted:
            CloudCall.objects.quote(call, origins)
    if not call.left:
        CloudDay.objects.count_call(place)
    return call


def count_attempt(call: CloudCall) -> None:
    """Before it is made: a worker that dies over it leaves what it tried."""
    call.attempts += 1
    call.save(update_fields=["attempts"])


def close_orphans(older_than_s: float) -> int:
    """Close the calls that nobody can be waiting for any more, since their worker died; returns how many."""
    begun_before = timezone.now() - timedelta(seconds=older_than_s)
    orphans = CloudCall.objects.filter(outcome=CloudCall.Outcome.SENT, created_at__lt=begun_before)
    return orphans.update(outcome=CloudCall.Outcome.BROKEN, problem=ORPHANED)


def close_call(call: CloudCall, outcome: str, *, reply: Reply | None = None, problem: str = "") -> None:
    """Record how the call ended."""
    call.outcome, call.problem = outcome, problem
    if reply:
        call.tokens_in, call.tokens_out = reply.tokens_in, reply.tokens_out
        call.latency_ms = round(reply.latency_ms)
        if call.messages:
            call.reply = reply.text
        call.problem = CUT if reply.finish_reason == "length" else reply.remark
    call.save(update_fields=["outcome", "problem", "tokens_in", "tokens_out", "latency_ms", "reply"])
    CloudCall.objects.filter(pk=call.pk).exclude(erased_at=None).update(**WORDLESS)  # erased while it was under way


def answered_before(version: Version, purpose: str, messages: Sequence[Message]) -> CloudCall | None:
    """The newest call with this prompt and a complete reply, so without a problem."""
    same = CloudCall.objects.filter(version=version, prompt_hash=prompt_hash(messages), purpose=purpose)
    return same.filter(outcome=CloudCall.Outcome.ANSWERED, problem="").order_by("-id").first()


def reply_of(call: CloudCall) -> Reply:
    """The reply as it came, with its placeholders."""
    return Reply(call.reply, call.latency_ms or 0, call.tokens_in, call.tokens_out)


def prompt_hash(messages: Sequence[Message]) -> str:
    """SHA-256 of the messages, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(_as_json(messages), ensure_ascii=False).encode()).hexdigest()


def _as_json(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "text": m.text} for m in messages]
