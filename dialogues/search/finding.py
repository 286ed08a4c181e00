"""Pages of dialogues, newest first, that a person asked for by words and filters, at a bounded cost.

Nothing is counted or ranked. The index yields candidates by words, dataset, split and language; every further filter,
and whether the words stand together, is decided for batches of candidates, until the page is full or enough were seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogues.models import Dialogue, Turn
from dialogues.querysets import DialogueQuerySet
from dialogues.search import index
from dialogues.search.engine import END, Batch, SearchTerms
from dialogues.search.query import SHOWN, Part, Query
from ecc_site.core.keyset import Page, decode_cursor, encode_cursor

HITS = 25  # of a page
EXAMINED_MOST = 2000  # candidates for one page
EXAMINED_AT_ONCE = 500  # and for a neighbour in all
NEWEST = 2**63 - 1  # from where all dialogues are older


@dataclass(frozen=True)
class Hit:
    """A dialogue with the turn that was looked for, or its first message of the customer."""

    dialogue: Dialogue
    turn: int | None
    role: str
    parts: Sequence[Part]

    @property
    def speaker(self) -> str:
        """The role in the reader's language, empty where no turn was looked for."""
        return str(Turn.Role(self.role).label) if self.role else ""


@dataclass(frozen=True)
class Hits(Page):
    """`stopped`: dialogues before `next_cursor` were not looked at, although the page is not full."""

    stopped: bool = False


@dataclass(frozen=True)
class Search:
    """What is looked for: among `dialogues`, those with the words and the tokens for where they are from."""

    dialogues: DialogueQuerySet
    query: Query | None = None
    facets: Sequence[str] = ()

    def page(self, cursor: str = "", size: int = HITS) -> Hits:
        """Hits older than the cursor; one that cannot be read gives the first page."""
        key = decode_cursor(cursor, 1)
        start = key[0] if key and isinstance(key[0], int) and 0 < key[0] <= NEWEST else NEWEST
        found, reached = self._look(start, size + 1)
        page = found[:size]
        if len(found) > size:
            return Hits(page, encode_cursor([page[-1].dialogue.pk]))
        return Hits(
            page, encode_cursor([reached]) if reached != END else "", stopped=reached != END and len(page) < size
        )

    def next_to(self, dialogue: int, *, newer: bool) -> Dialogue | None:
        """The nearest hit on one side of a dialogue; None if there is none among the next candidates."""
        found, _ = self._look(dialogue, 1, newer=newer, most=EXAMINED_AT_ONCE)
        return found[0].dialogue if found else None

    def _look(self, start: int, wanted: int, *, newer: bool = False, most: int | None = None) -> tuple[list[Hit], int]:
        """At most `wanted` hits, and up to where all were looked at."""
        if self.query and not self.query.terms:
            return [], END
        found: list[Hit] = []
        examined, at_once, most = 0, wanted, most or EXAMINED_MOST
        while True:
            batch = self._candidates(start, at_once, newer)
            found += self._hits(batch.ids)
            examined, start = examined + len(batch.ids), batch.reached
            if len(found) >= wanted or start == END or examined >= most or len(batch.ids) < at_once:
                return found[:wanted], start
            at_once = min(2 * at_once, EXAMINED_AT_ONCE)

    def _candidates(self, start: int, limit: int, newer: bool) -> Batch:
        if self.facets or self.query:
            query = self.query or Query(())
            return index.find(SearchTerms([*self.facets, *query.words], query.begun), start, limit, newer=newer)
        rows = Dialogue.objects.filter(pk__gt=start) if newer else Dialogue.objects.filter(pk__lt=start)
        ids = list(rows.order_by("pk" if newer else "-pk").values_list("pk", flat=True)[:limit])
        return Batch(ids, ids[-1] if len(ids) == limit else END)

    def _hits(self, ids: list[int]) -> list[Hit]:
        """Those of the dialogues that are what was looked for, in this order."""
        if self.query is None:
            kept = self.dialogues.select_related("dataset").with_opening().in_bulk(ids)
            return [Hit(kept[pk], None, "", [Part((kept[pk].opening or "")[:SHOWN])]) for pk in ids if pk in kept]
        kept = self.dialogues.select_related("dataset").in_bulk(ids)
        said: dict[int, list[tuple[int, str, str]]] = {pk: [] for pk in kept}
        turns = Turn.objects.filter(dialogue__in=kept).order_by("dialogue", "position")
        for dialogue, turn, role, text in turns.values_list("dialogue", "pk", "role", "text"):
            said[dialogue].append((turn, role, text))
        hits = (_hit(self.query, kept[pk], said[pk]) for pk in ids if pk in kept)
        return [hit for hit in hits if hit]


def _hit(query: Query, dialogue: Dialogue, turns: Sequence[tuple[int, str, str]]) -> Hit | None:
    best = query.best_of([text for *_, text in turns])
    if best is None:
        return None
    turn, role, text = turns[best]
    return Hit(dialogue, turn, role, query.excerpt(text))
