"""Pages of the ledger, also by what was said: so many calls are read for one, and it says where it stopped.

A page costs the same however many calls there are and however few of them fit: it looks back over so many calls, and
the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ecc_site.core.keyset import decode_cursor, encode_cursor
from serving.models import CloudCall
from serving.querysets import CloudCallQuerySet

PAGE_SIZE = 50
WINDOW = 200_000  # calls that a page looks back over, whether or not they fit
MOST_CALLS = 5_000  # of those that fit, read for their words
MOST_CHARACTERS = 10_000_000  # of these words; a prompt with 500 examples has tens of thousands
CHUNK = 100


@dataclass(frozen=True)
class FoundCalls:
    """A page of calls, the newest first; `rows` and `next_cursor` as in a keyset page.

    `read_to` is the call at which it stopped before the page was full, None where it was full or all was read.
    """

    rows: list[CloudCall]
    next_cursor: str
    read_to: CloudCall | None = None


def page_of(
    calls: CloudCallQuerySet, text: str = "", cursor: str = "", first: date | None = None, last: date | None = None
) -> FoundCalls:
    """The newest of the calls, of these days, with the text in a message, the reply or the problem."""
    oldest, end = CloudCall.objects.ids_of_days(first, last)
    after = decode_cursor(cursor, 1)
    if after and isinstance(after[0], int):
        end = min(end, after[0])
    start = max(oldest, end - WINDOW)
    rows: list[CloudCall] = []
    looked_at = characters = 0
    for call in calls.filter(pk__gte=start, pk__lt=end).order_by("-pk")[: MOST_CALLS + 1].iterator(chunk_size=CHUNK):
        if len(rows) == PAGE_SIZE:
            return FoundCalls(rows, encode_cursor([call.pk + 1]))
        if looked_at == MOST_CALLS or characters >= MOST_CHARACTERS:
            return FoundCalls(rows, encode_cursor([call.pk + 1]), call)
        if text:
            looked_at += 1
            characters += sum(map(len, words_of(call)))
        if not text or has_text(call, text):
            rows.append(call)
    older = CloudCall.objects.filter(pk__gte=oldest, pk__lt=start).order_by("-pk").first()
    return FoundCalls(rows, encode_cursor([start]), older) if older else FoundCalls(rows, "")


def has_text(call: CloudCall, text: str) -> bool:
    """Whether the text stands in what is kept of the call, whatever its case."""
    return any(text.casefold() in said.casefold() for said in words_of(call))


def words_of(call: CloudCall) -> Iterator[str]:
    """All that the ledger keeps of what was said."""
    yield from (message["text"] for message in call.messages)
    yield from (call.reply, call.problem)
