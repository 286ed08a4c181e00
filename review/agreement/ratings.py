"""The verdicts of a round as arrays, read in one query.

100,000 verdicts take a second on SQLite, and as arrays eight megabytes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from ecc_site.core.columns import BATCH, Column, codes, converted, flags, ids, joined, numbers
from ecc_site.core.language import Language
from review.models import Round, TurnTag, Verdict

# In this order the first three are ranks: how good the end answer is beside the reference.
PREFERENCES = ("reference", "tie", "end", "both_bad")
CODES = {preference: code for code, preference in enumerate(PREFERENCES)} | {"": -1}
LANGUAGES = tuple(Language.values)


@dataclass(frozen=True)
class Ratings:
    """Columns of N verdicts; ids are those of the database."""

    item: np.ndarray
    dialogue: np.ndarray
    annotator: np.ndarray
    version: np.ndarray  # of the end answer
    preference: np.ndarray  # index in PREFERENCES
    expected: np.ndarray  # of a gold item the index in PREFERENCES, else -1
    language: np.ndarray  # index in LANGUAGES
    end_is_left: np.ndarray
    decides: np.ndarray  # a manager's decision between others
    after_reveal: np.ndarray
    seconds: np.ndarray  # NaN where unknown
    at: np.ndarray  # seconds since 1970
    revision: np.ndarray

    def __len__(self) -> int:
        return len(self.item)

    def where(self, chosen: np.ndarray) -> Ratings:
        """Those that a mask of shape (N,) chooses."""
        return Ratings(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def ratings_of(round_: Round, tell: Callable[[int], None] = lambda steps: None) -> Ratings:
    """The active verdicts that people gave themselves, decisions of managers among them; tell: called with 1 a batch.

    Each batch is a query of its own, so that whoever is told can write: SQLite refuses that in the middle of a query
    where somebody else has written meanwhile. A verdict that is revised meanwhile may be missed, and is never twice.
    """
    verdicts = Verdict.objects.active().filter(round=round_, current__propagated=False).order_by("current")
    newest, after, parts = round_.newest_revision, 0, [converted([], COLUMNS)]
    while after < newest:
        later = verdicts.filter(current__gt=after, current__lte=newest)
        parts.append(converted(list(later.values_list(*PATHS)[:BATCH]), COLUMNS))
        read = parts[-1]["revision"]
        after = read[-1] if len(read) == BATCH else newest
        tell(1)
    return Ratings(**joined(parts))


def batch_count(round_: Round) -> int:
    """In about how many batches its verdicts are read."""
    return math.ceil(round_.verdict_count / BATCH)


def items_by_tag(round_: Round) -> dict[tuple[str, str], list[int]]:
    """Kind and name of each tag that people confirmed for questions of the round: the ids of its items. One query."""
    of_round = TurnTag.objects.confirmed().filter(turn__comparisons__round_items__round=round_)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, name, item in of_round.values_list("kind", "tag__name", "turn__comparisons__round_items").order_by():
        found[kind, name].append(item)
    return found


COLUMNS: dict[str, Column] = {
    "item": ("item_id", ids),
    "dialogue": ("item__dialogue_id", ids),
    "annotator": ("annotator_id", ids),
    "version": ("comparison__version_id", ids),
    "preference": ("current__preference", codes(CODES)),
    "expected": ("item__expected", codes(CODES)),
    "language": ("item__dialogue__language", codes({name: i for i, name in enumerate(LANGUAGES)})),
    "end_is_left": ("current__left_side", lambda column: np.array([side == "end" for side in column], bool)),
    "decides": ("adjudicates", flags),
    "after_reveal": ("current__after_reveal", flags),
    "seconds": ("current__seconds", numbers),
    "at": ("current__created_at", lambda column: np.array([moment.timestamp() for moment in column], dtype=float)),
    "revision": ("current_id", ids),
}
PATHS = tuple(path for path, _ in COLUMNS.values())
