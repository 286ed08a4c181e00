"""Verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, BeforeValidator, Field

from dialogues.importing.texts import storable
from ecc_site.api.auth import TokenRequest
from ecc_site.api.parts import ABSENT, Cursor, Flag, InQuery, Limit, id_after, operation
from ecc_site.core.keyset import encode_cursor
from ecc_site.core.roles import MANAGER, has_role
from review.exports.part import Part
from review.models import Round, Tag, Verdict
from review.querysets import VerdictQuerySet

router = Router(tags=["verdicts"])


def _moment(value: Any) -> Any:
    """pydantic would also read a number, as seconds since 1970."""
    if isinstance(value, str) and not value[4:5] == "-":
        raise ValueError(_("expected a time such as 2026-11-29T10:00:00Z"))
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
OF_PART = ("preference", "stratum", "decisions", "signal")  # conditions that a Part takes as they are
SCANNED = 2000  # verdicts that a page looks at, however few of them fit


class Asked(Schema):
    """Which verdicts of a round are wanted; what is not sent leaves nothing out.

    `tag`: the name of an intent or topic of the question. `stratum`: why the item is in the round. `decisions`: of
    managers where people disagree: only those, all without them, or each instead of what it decided between.
    `error_tag`: one of the words of the round for what can be wrong; `signal`: what was said beside the preference.
    """

    annotator: str = Field(ABSENT, max_length=150)
    preference: Literal["end", "reference", "tie", "both_bad"] = ABSENT
    corrected: Flag = False
    tag: str = Field(ABSENT, max_length=60)
    stratum: Literal["worst", "random", "uncertain", "gold", "chosen"] = ABSENT
    decisions: Literal["only", "without", "instead"] = ABSENT
    error_tag: str = Field(ABSENT, max_length=40)
    signal: Literal["as_is", "knowledge_missing", "wrong_fact", "wrong_tone"] = ABSENT
    since: Moment = Field(ABSENT, description="changed at or after this")
    until: Moment = Field(ABSENT, description="changed before this")

    def narrow(self, verdicts: VerdictQuerySet) -> VerdictQuerySet:
        """Raises Http404 for a tag that there is not."""
        tag = get_object_or_404(Tag, name=storable(self.tag)) if self.tag is not None else None
        named = {"tag": tag, "error_tag": self.error_tag and storable(self.error_tag)}
        part = Part.of({name: getattr(self, name) for name in OF_PART} | named)
        conditions = {
            "annotator__username": self.annotator and storable(self.annotator),
            "current__created_at__gte": self.since,
            "current__created_at__lt": self.until,
        }
        verdicts = part.narrow(verdicts.corrected() if self.corrected else verdicts)
        return verdicts.filter(**{name: value for name, value in conditions.items() if value is not None})


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
    request: TokenRequest, round: InQuery, asked: Query[Asked], cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    """The verdicts of a round in the order in which they were changed last, withdrawn ones too; annotators see theirs.

    A verdict that is changed comes again behind the last cursor, so that going on from there is all it takes to follow.
    Of a part of them a page may have few or none although more follow: `next_cursor` alone says whether any do.
    """
    is_manager = has_role(request.user, MANAGER)
    rounds = Round.objects.all() if is_manager else Round.objects.reviewed_by(request.user)
    if not rounds.filter(pk=round).exists():
        raise Http404
    rows = Verdict.objects.filter(round=round, current__gt=id_after(cursor)).order_by("current_id")
    reached = rows.values_list("current", flat=True)[SCANNED : SCANNED + 1].first()
    rows = rows.filter(current__lt=reached) if reached else rows
    rows = asked.narrow(rows if is_manager else rows.filter(annotator=request.user))
    found = list(rows.select_related("current", "comparison", "annotator", "item")[: limit + 1])
    last = found[limit - 1].current_id if len(found) > limit else reached and reached - 1
    return {"items": [verdict_out(verdict) for verdict in found[:limit]], "next_cursor": last and encode_cursor([last])}


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
