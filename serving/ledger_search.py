"""Finding calls by what was said in them: so many are read at a time, newest first, and it says where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecc_site.core.keyset import decode_cursor, encode_cursor
from serving.models import CloudCall
from serving.querysets import CloudCallQuerySet

PAGE_SIZE = 50
MOST_CALLS = 5_000  # read for one page
MOST_CHARACTERS = 10_000_000  # of their words; a prompt with 500 examples has tens of thousands
CHUNK = 100


@dataclass(frozen=True)
class FoundCalls:
    """A page of calls whose words have the text; `rows` and `next_cursor` as in a keyset page."""

    rows: list[CloudCall]
    next_cursor: str
    looked_at: int
    last: CloudCall | None  # the oldest that was read


def search(calls: CloudCallQuerySet, text: str, cursor: str = "") -> FoundCalls:
    """The newest calls with the text in a message, the reply or the problem, whatever its case."""
    after = decode_cursor(cursor, 1)
    if after and isinstance(after[0], int):
        calls = calls.filter(pk__lt=after[0])
    rows: list[CloudCall] = []
    looked_at = characters = 0
    call = None
    for call in calls.order_by("-pk")[: MOST_CALLS + 1].iterator(chunk_size=CHUNK):
        if len(rows) == PAGE_SIZE or looked_at == MOST_CALLS or characters >= MOST_CHARACTERS:
            return FoundCalls(rows, encode_cursor([call.pk + 1]), looked_at, call)
        looked_at += 1
        characters += sum(map(len, words_of(call)))
        if has_text(call, text):
            rows.append(call)
    return FoundCalls(rows, "", looked_at, call)


def has_text(call: CloudCall, text: str) -> bool:
    """Whether the text stands in what is kept of the call."""
    return any(text.casefold() in said.casefold() for said in words_of(call))


def words_of(call: CloudCall) -> Iterator[str]:
    """All that the ledger keeps of what was said."""
    yield from (message["text"] for message in call.messages)
    yield from (call.reply, call.problem)
