"""Replies that people accepted at the desk or wrote there, as they stand now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from dialogues.models import Turn
from review.models import Verdict
from review.querysets import VerdictQuerySet
from scoring.measures.nearest import Encoder, nearest

READ_MOST = 5_000  # verdicts, the newest
FIELDS = (
    *("pk", "comparison__turn_id", "comparison__turn__dialogue_id", "comparison__turn__text"),
    *("current__correction", "current__preference", "current__end_acceptable", "current__reference_acceptable"),
    *("comparison__end__text", "comparison__reference__text", "annotator__username"),
)


class AcceptedReply(NamedTuple):
    verdict: int
    turn: int
    dialogue: int
    question: str
    reply: str
    by: str
    is_correction: bool


def accepted_near(turn: Turn, encoder: Encoder, count: int) -> tuple[list[tuple[int, float]], int]:
    """Ids of at most `count` verdicts about other turns that accept a reply, with the similarity of their question in
    [0, 1], the nearest first; and among how many was looked.

    What several people accepted in the same words counts once, and a verdict that a manager overruled not at all.
    """
    newest = Verdict.objects.active().filter(overruled=False).exclude(comparison__turn=turn).order_by("-pk")
    distinct = {(found.question, found.reply): found for found in reversed(_accepted(newest[:READ_MOST]))}
    candidates = list(distinct.values())
    near = nearest(encoder, turn.text, [found.question for found in candidates], count)
    return [(candidates[hit.place].verdict, hit.similarity) for hit in near], len(candidates)


def accepted_in(verdicts: Iterable[int]) -> dict[int, AcceptedReply]:
    """By the id of the verdict; those that accept nothing any more are missing. One query."""
    rows = Verdict.objects.active().filter(overruled=False, pk__in=verdicts)
    return {found.verdict: found for found in _accepted(rows)}


def _accepted(verdicts: VerdictQuerySet) -> list[AcceptedReply]:
    return [found for row in verdicts.values(*FIELDS) if (found := _accepted_in_row(row))]


def _accepted_in_row(row: dict[str, Any]) -> AcceptedReply | None:
    """A correction; else of the answers that are acceptable the one that was preferred, in a tie the reference."""
    correction, preferred = row["current__correction"], row["current__preference"]
    reply = correction
    if not reply and preferred == "end" and row["current__end_acceptable"]:
        reply = row["comparison__end__text"]
    elif not reply and preferred in ("reference", "tie") and row["current__reference_acceptable"]:
        reply = row["comparison__reference__text"]
    if not reply.strip():
        return None
    return AcceptedReply(
        verdict=row["pk"],
        turn=row["comparison__turn_id"],
        dialogue=row["comparison__turn__dialogue_id"],
        question=row["comparison__turn__text"],
        reply=reply,
        by=row["annotator__username"],
        is_correction=bool(correction),
    )
