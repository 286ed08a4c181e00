"""The verdicts of a selection with all that an export tells of them, in batches of a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from dialogues.models import Turn
from ecc_site.core.bulk import rows_having
from review.querysets import VerdictQuerySet
from scoring.components import STORED
from scoring.models import Score, ScorerSet
from serving.runtimes.conversation import ROLE_NAMES, prepared
from serving.runtimes.protocol import Message, Role

BATCH = 1000  # verdicts; more than one comparison can have
COLUMNS = {  # name in the files: where it stands
    "verdict": "pk",
    "round": "round__name",
    "annotator": "annotator__username",
    "round_id": "round_id",
    "dataset": "comparison__dataset__name",
    "item": "item_id",
    "dialogue": "item__dialogue_id",
    "source_id": "item__dialogue__source_id",
    "turn": "comparison__turn_id",
    "position": "item__position",
    "language": "item__dialogue__language",
    "split": "comparison__split",
    "customer": "comparison__turn__text",
    "end_model": "comparison__version__name",
    "end_answer": "comparison__end__text",
    "reference_kind": "comparison__kind",
    "reference_answer": "comparison__reference__text",
    "preference": "current__preference",
    "end_acceptable": "current__end_acceptable",
    "reference_acceptable": "current__reference_acceptable",
    "acceptable_is_default": "current__acceptable_is_default",
    "rating": "current__rating",
    "correction": "current__correction",
    "note": "current__note",
    "tags": "current__tags",
    "signals": "current__signals",
    "seconds": "current__seconds",
    "left_side": "current__left_side",
    "scores_seen": "current__scores_seen",
    "after_reveal": "current__after_reveal",
    "propagated": "current__propagated",
    "guideline_version": "current__guideline_version",
    "stratum": "item__stratum",
    "reason": "item__reason",
    "expected": "item__expected",
    "at": "current__created_at",
}
SCORES = {
    **{name: name for name in (*STORED, "final")},
    "alpha": "profile__alpha",
    "theta": "profile__theta",
}
NAMES = (*COLUMNS, *SCORES)  # of all columns, in their order
OF_COMPARISON = "comparison_id"  # read beside the columns, to find its scores


@dataclass(frozen=True)
class Judged:
    """A verdict: its columns by name, and what was said before the customer's turn, as (role, text)."""

    columns: dict[str, Any]
    before: list[tuple[str, str]]

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    @property
    def prompt(self) -> list[dict[str, str]]:
        """The conversation up to the customer's turn as a model reads it, in the roles user and assistant."""
        said = [*self.before, ("customer", self["customer"])]
        messages = [Message(cast(Role, role), text) for role, text in said if role in ROLE_NAMES]
        return [{"role": ROLE_NAMES[message.role], "content": message.text} for message in prepared(messages)]


def batches(verdicts: VerdictQuerySet, size: int = BATCH) -> Iterator[list[Judged]]:
    """The verdicts in the order of their items, at most `size` at once; all verdicts about an item are in one batch.

    Each batch begins in the index where the last one ended, and takes three queries.
    """
    scorer_set, after = ScorerSet.objects.current(), 0
    while rows := _rows(verdicts.filter(item__gt=after), size):
        after = rows[-1][0]["item"]
        yield _judged(rows, scorer_set)


def _rows(verdicts: VerdictQuerySet, size: int) -> list[tuple[dict[str, Any], int]]:
    """The columns of the next verdicts, each with the id of its comparison, without an item that is not complete."""
    found = verdicts.order_by("item_id", "pk").values_list(*COLUMNS.values(), OF_COMPARISON)[:size]
    rows = [(dict(zip(COLUMNS, row, strict=False)), row[-1]) for row in found]
    if len(rows) == size and rows[0][0]["item"] != rows[-1][0]["item"]:
        last = rows[-1][0]["item"]
        return [row for row in rows if row[0]["item"] != last]
    return rows


def _judged(rows: list[tuple[dict[str, Any], int]], scorer_set: ScorerSet | None) -> list[Judged]:
    turns = _turns({columns["dialogue"] for columns, _ in rows})
    scores = _scores({comparison for _, comparison in rows}, scorer_set)
    unknown = (None,) * len(SCORES)
    found = []
    for columns, comparison in rows:
        scored = zip(SCORES, scores.get(comparison, unknown), strict=True)
        earlier = ((role, text) for at, role, text in turns[columns["dialogue"]] if at < columns["position"])
        found.append(Judged({**columns, "at": _in_the_shops_zone(columns["at"]), **dict(scored)}, list(earlier)))
    return found


def _turns(dialogues: Iterable[int]) -> dict[int, list[tuple[int, str, str]]]:
    """By dialogue: position, role and text of its turns, in their order."""
    turns = defaultdict(list)
    for dialogue, *turn in sorted(
        rows_having(Turn, ("dialogue_id", "position", "role", "text"), "dialogue_id", dialogues)
    ):
        turns[dialogue].append((turn[0], turn[1], turn[2]))
    return turns


def _scores(comparisons: Iterable[int], scorer_set: ScorerSet | None) -> dict[int, tuple[Any, ...]]:
    """By comparison the values of SCORES by this scorer set."""
    scores = Score.objects.filter(scorer_set=scorer_set, comparison__in=list(comparisons))
    return {row[0]: row[1:] for row in scores.values_list("comparison_id", *SCORES.values())}


def _in_the_shops_zone(at: datetime) -> str:
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat(timespec="seconds")
