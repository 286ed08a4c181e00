"""The list of comparisons behind the figures, a page at a time; and all of them as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from dialogues.models import Turn
from ecc_site.core.batching import batched
from ecc_site.core.keyset import decode_cursor, encode_cursor
from review.score_room.parts import numbers_of
from review.score_room.room import Room
from scoring.components import STORED
from scoring.figures.listing import Key, page_of
from scoring.models import Score
from scoring.querysets import ScoreQuerySet

SHOWN = 25
AT_ONCE = 1_000


@dataclass(frozen=True)
class Listed:
    """A score with its texts, and its final score under the active profile, None where unknown."""

    score: Score
    final: float | None
    acceptable: bool


@dataclass(frozen=True)
class Listing:
    rows: list[Listed]
    total: int
    next_cursor: str  # empty on the last page

    @property
    def names_of_parts(self) -> str:
        return " · ".join(str(component.label) for component in STORED.values())


def listing_of(room: Room, cursor: str) -> Listing:
    """The part that the address chooses, under the profile that is active now, whatever is stored with the scores."""
    numbers, ids = numbers_of(room), room.selection.columns.ids
    places, following = page_of(numbers, ids, SHOWN, _key_of(cursor))
    rows = list(_listed(room, places))
    return Listing(rows, int(np.count_nonzero(~np.isnan(numbers))), encode_cursor(list(following)) if following else "")


def _key_of(cursor: str) -> Key | None:
    """None for what no list of ours has sent."""
    match decode_cursor(cursor, 2):
        case [int() | float() as number, int() as pk] if abs(number) <= 1 and abs(pk) < 2**63:
            return float(number), pk
    return None


def _listed(room: Room, places: np.ndarray) -> Iterator[Listed]:
    """In this order; a score that was removed meanwhile is left out."""
    ids = room.selection.columns.ids[places].tolist()
    finals, threshold = room.scored.final[places].tolist(), room.profile.threshold
    rows = with_previous(Score.objects.with_texts()).in_bulk(ids)
    for pk, final in zip(ids, finals, strict=True):
        if pk in rows:
            yield Listed(rows[pk], None if np.isnan(final) else final, final >= threshold)


def with_previous(scores: ScoreQuerySet) -> ScoreQuerySet:
    """Each with `previous`, what was said just before the question; None at the begin of a conversation."""
    asked = {"dialogue": OuterRef("comparison__turn__dialogue"), "position": OuterRef("comparison__turn__position") - 1}
    return scores.annotate(previous=Subquery(Turn.objects.filter(**asked).values("text")[:1]))


def file_rows(room: Room) -> Iterator[list[object]]:
    """The names of the columns, then a row for each comparison of the part, in the order of the list."""
    yield [
        *("dialogue", "turn", _("Version"), _("final score")),
        *(str(component.label) for component in STORED.values()),
        *(_("Customer"), _("End answer"), _("Reference answer")),
    ]
    numbers, ids = numbers_of(room), room.selection.columns.ids
    known = np.flatnonzero(~np.isnan(numbers))
    ordered = known[np.lexsort((ids[known], numbers[known]))]
    for places in batched(ordered.tolist(), AT_ONCE):
        for row in _listed(room, np.array(places)):
            score, asked = row.score, row.score.comparison.turn
            parts = (row.final, *(value for _label, value in score.parts))
            texts = (asked.text, score.comparison.end.text, score.comparison.reference.text)
            yield [asked.dialogue_id, asked.pk, score.version.name, *parts, *texts]
