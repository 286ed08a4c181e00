"""Verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, BeforeValidator

from ecc_site.api.auth import TokenRequest
from ecc_site.api.parts import ABSENT, Cursor, InQuery, Limit, id_after, operation
from ecc_site.core.keyset import encode_cursor
from ecc_site.core.roles import MANAGER, has_role
from review.models import Round, Verdict

router = Router(tags=["verdicts"])


def _moment(value: Any) -> Any:
    """pydantic would also read a number, as seconds since 1970."""
    if isinstance(value, str) and not value[4:5] == "-":
        raise ValueError(_("expected a time such as 2026-11-29T10:00:00Z"))
    return value


Since = Annotated[AwareDatetime, BeforeValidator(_moment), Query(None, description="changed at or after this")]


class VerdictOut(Schema):
    """`left_side`: what stood on the left. `acceptable_is_default`: acceptability only follows from the preference."""

    id: int
    revision: int
    round: int
    item: int
    dialogue: int
    turn: int
    end_answer: int
    reference_answer: int
    annotator: str
    preference: Literal["end", "reference", "tie", "both_bad"]
    end_acceptable: bool
    reference_acceptable: bool
    acceptable_is_default: bool
    rating: int | None
    tags: list[str]
    signals: list[str]
    correction: str
    note: str
    seconds: float | None
    left_side: Literal["end", "reference"]
    scores_seen: bool
    after_reveal: bool
    withdrawn: bool
    at: datetime


class Verdicts(Schema):
    items: list[VerdictOut]
    next_cursor: str | None


REVISED = (
    *("preference", "end_acceptable", "reference_acceptable", "acceptable_is_default", "rating", "tags", "signals"),
    *("correction", "note", "seconds", "left_side", "scores_seen", "after_reveal", "withdrawn"),
)


@operation(router, "GET", "/verdicts", "verdicts:read", Verdicts, 404)
def list_verdicts(
    request: TokenRequest, round: InQuery, cursor: Cursor = "", limit: Limit = 50, since: Since = ABSENT
) -> dict[str, Any]:
    """The verdicts of a round in the order in which they were changed last, withdrawn ones too; annotators see theirs.

    A verdict that is changed comes again behind the last cursor, so that going on from there is all it takes to follow.
    """
    is_manager = has_role(request.user, MANAGER)
    rounds = Round.objects.all() if is_manager else Round.objects.reviewed_by(request.user)
    if not rounds.filter(pk=round).exists():
        raise Http404
    rows = Verdict.objects.filter(round=round, current__gt=id_after(cursor)).order_by("current_id")
    rows = rows if is_manager else rows.filter(annotator=request.user)
    rows = rows.filter(current__created_at__gte=since) if since else rows
    found = list(rows.select_related("current", "comparison", "annotator", "item")[: limit + 1])
    following = encode_cursor([found[limit - 1].current_id]) if len(found) > limit else None
    return {"items": [verdict_out(verdict) for verdict in found[:limit]], "next_cursor": following}


def verdict_out(verdict: Verdict) -> dict[str, Any]:
    current, comparison = verdict.current, verdict.comparison
    assert current is not None
    return {
        **{name: getattr(current, name) for name in REVISED},
        "id": verdict.pk,
        "revision": current.pk,
        "round": verdict.round_id,
        "item": verdict.item_id,
        "dialogue": verdict.item.dialogue_id,
        "turn": comparison.turn_id,
        "end_answer": comparison.end_id,
        "reference_answer": comparison.reference_id,
        "annotator": verdict.annotator.get_username(),
        "at": current.created_at,
    }
