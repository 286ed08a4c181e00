"""What a provider says about a failure: shortened, redacted, without our key, and what follows from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from serving.redaction import redact
from serving.runtimes.characters import whole_characters
from serving.runtimes.protocol import CloudProblem

FOR_GOOD = {401, 402, 403, 404}  # statuses that every other question would meet as well
TOO_MANY = 429
LONGEST = 300  # characters
SPENT = ("insufficient_quota", "insufficient balance", "exceeded your current quota", "余额不足", "欠费")


def problem_of_status(
    status: int, body: str, wish_s: float | None = None, *, secret: str = "", mend: str = ""
) -> CloudProblem:
    """The problem behind a status of 400 or more, with the provider's words.

    `wish_s` is the pause it asks for, `secret` is not shown, `mend` is what probably helps.
    """
    words, hint = words_of(body, secret), f" ({mend})" if mend else ""

    def problem(outcome: str, said: str, **more: Any) -> CloudProblem:
        own_words = said + hint
        return CloudProblem(outcome, f"{said}: {words}{hint}" if words else own_words, own_words=own_words, **more)

    if status == TOO_MANY and is_spent(body, wish_s):
        return problem("refused", "the quota is used up", for_good=True)
    if status == TOO_MANY:
        return problem("busy", "too many requests", retry_after_s=wish_s)
    if status >= 500:
        return problem("busy", f"the server failed with {status}", retry_after_s=wish_s)
    return problem("refused", f"the server refused with {status}", for_good=status in FOR_GOOD)


def words_of(body: str, secret: str = "") -> str:
    """The message in the body of an error, or the body itself; at most LONGEST characters, in one line."""
    text = " ".join(whole_characters(_message_in(body)).split())
    text = text.replace(secret, "[KEY]") if secret else text
    text = redact(text[: 4 * LONGEST]).text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _message_in(body: str) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return "" if body.lstrip().startswith("<") else body  # a page of a proxy says nothing in one line
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = value[0]
        else:
            value = next((value[name] for name in ("error", "message", "detail", "msg") if value.get(name)), "")
    return str(value or "")


def is_spent(body: str, wish_s: float | None) -> bool:
    """Whether a "too many requests" is about a quota that is used up, which asking again in `wish_s` does not help."""
    text = body[:10_000].lower()
    return "insufficient_quota" in text or (wish_s is None and any(word in text for word in SPENT))


def seconds_of(header: str, now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After header in either of its forms; None where it is neither, or not ahead."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return seconds if seconds > 0 else None
