"""Rounds of review, the next item of one, and a verdict about it: the desk for programs."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.contrib.auth.models import User
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from dialogues.importing.texts import storable
from ecc_site.api.auth import TokenRequest
from ecc_site.api.errors import ApiError
from ecc_site.api.parts import LARGEST, Cursor, InPath, Limit, NeededKey, Sent, id_after, operation
from ecc_site.api.verdicts import VerdictOut, verdict_out
from ecc_site.core.keyset import encode_cursor
from ecc_site.core.roles import MANAGER, has_role
from review.desk import verdicts
from review.desk.assignment import look_at_next, next_item
from review.desk.item import Desk
from review.desk.sides import choice_of, left_side, preference_of
from review.desk.verdict_input import VerdictInput
from review.models import Round, RoundItem
from review.querysets import RoundQuerySet

router = Router(tags=["verdicts"])
Side = Literal["end", "reference"]


class RoundOut(Schema):
    """`kind`: of the reference answers. In a blind round names, sides and scores come with the verdict."""

    id: int
    name: str
    dataset: int
    kind: Literal["cloud", "human", "correction"]
    purpose: Literal["teach", "measure"]
    blind: bool
    guideline: str
    deadline: date | None
    is_open: bool
    item_count: int
    wanted_count: int
    verdict_count: int


class Rounds(Schema):
    items: list[RoundOut]
    next_cursor: str | None


@operation(router, "GET", "/rounds", "verdicts:read", Rounds, 404)
def list_rounds(request: TokenRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """The rounds, the oldest first; annotators see the open ones that they may review."""
    rows = list(seen_by(request.user).filter(pk__gt=id_after(cursor)).order_by("pk")[: limit + 1])
    items = [{**{n: getattr(row, n) for n in RoundOut.model_fields}, "dataset": row.dataset_id} for row in rows[:limit]]
    return {"items": items, "next_cursor": encode_cursor([rows[limit - 1].pk]) if len(rows) > limit else None}


def seen_by(user: User) -> RoundQuerySet:
    return Round.objects.all() if has_role(user, MANAGER) else Round.objects.open().for_reviewer(user)


def open_round(user: User, pk: int) -> Round:
    """Raises Http404 for a round that is closed or not for this person."""
    return get_object_or_404(seen_by(user).open(), pk=pk)


# --- the next item


class TurnShown(Schema):
    role: Literal["customer", "agent", "event"]
    text: str


class Shown(Schema):
    """An answer; `side` and `version` are null in a blind round."""

    text: str
    side: Side | None
    version: str | None


class ShownScore(Schema):
    similarity: float | None
    match_end: float | None
    match_cloud: float | None
    final: float | None


class PreviousVerdict(Schema):
    preference: Literal["end", "reference", "left", "right", "tie", "both_bad"]
    correction: str
    note: str


class ItemOut(Schema):
    """`revision` is to be sent with the verdict; `previous`: what this annotator said and took back."""

    id: int
    round: int
    dialogue: int
    turn: int
    question: str
    conversation: list[TurnShown]
    left: Shown
    right: Shown
    human_reply: str | None
    reason: str
    score: ShownScore | None
    revision: int
    previous: PreviousVerdict | None


class Next(Schema):
    """`item` is null where nothing is left for this annotator."""

    item: ItemOut | None


@operation(router, "GET", "/rounds/{round_id}/next", "verdicts:write", Next, 404)
def get_next_item(request: TokenRequest, round_id: InPath) -> dict[str, Any]:
    """The next item for the token's person. It takes the dialogue for an annotator for half an hour, as the desk does.

    A manager only looks: a dialogue is taken for them with their first verdict.
    """
    round_ = open_round(request.user, round_id)
    find = look_at_next if has_role(request.user, MANAGER) else next_item
    item = find(round_, request.user)
    return {"item": _item(item, request.user) if item else None}


def _item(item: RoundItem, user: User) -> dict[str, Any]:
    desk, round_ = Desk.at(item, user), item.round
    left = left_side(round_, item, user.pk)
    sides = {"end": desk.comparison.end, "reference": desk.comparison.reference}
    shown = {name: _shown(name, answer, round_) for name, answer in sides.items()}
    before = desk.earlier
    return {
        "id": item.pk,
        "round": round_.pk,
        "dialogue": item.dialogue_id,
        "turn": desk.comparison.turn_id,
        "question": desk.comparison.turn.text,
        "conversation": [{"role": turn.role, "text": turn.text} for turn in desk.earlier_turns],
        "left": shown.pop(left),
        "right": shown.popitem()[1],
        "human_reply": desk.human.text if desk.human and not round_.blind else None,
        "reason": "" if round_.hides_reasons and before is None else item.reason,
        "score": desk.score,
        "revision": before.pk if before else 0,
        "previous": before and _opinion(before, left, round_),
    }


def _shown(side: str, answer: Any, round_: Round) -> dict[str, Any]:
    if round_.blind:
        return {"text": answer.text, "side": None, "version": None}
    return {"text": answer.text, "side": side, "version": answer.version.name if answer.version else None}


def _opinion(revision: Any, left: str, round_: Round) -> dict[str, Any]:
    preference = choice_of(revision.preference, left) if round_.blind else revision.preference
    return {"preference": preference, "correction": revision.correction, "note": revision.note}


# --- a verdict


class VerdictIn(Sent):
    """`left` and `right` are the sides of the item as it was sent; a blind round takes no other names for them.

    `correction`: the reply that should have been given. `seconds`: spent on the item. `revision`: of the item as it was
    sent, so that no verdict that was given meanwhile is replaced unseen.
    """

    preference: Literal["left", "right", "end", "reference", "tie", "both_bad"]
    correction: str = Field("", max_length=4000)
    note: str = Field("", max_length=2000)
    seconds: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False)
    revision: int | None = Field(None, ge=0, le=LARGEST)


@operation(router, "POST", "/rounds/{round_id}/items/{item_id}/verdict", "verdicts:write", VerdictOut, 404, 409)
def give_verdict(
    request: TokenRequest, round_id: InPath, item_id: InPath, sent: VerdictIn, idempotency_key: NeededKey
) -> dict[str, Any]:
    """Give a verdict, or another one instead of it: every revision is kept."""
    round_ = open_round(request.user, round_id)
    items = RoundItem.objects.select_related("round", "comparison__end", "comparison__reference")
    item = items.filter(pk=item_id, round=round_).first()
    if item is None:
        raise Http404
    said = _verdict_input(sent, idempotency_key, item, request.user)
    recorded = verdicts.record(request.user, item, said)
    return verdict_out(recorded)


def _verdict_input(sent: VerdictIn, key: Any, item: RoundItem, user: User) -> VerdictInput:
    if item.round.blind and sent.preference in ("end", "reference"):
        raise ApiError(409, "blind", _("In a blind round prefer left, right, tie or both_bad."), "preference")
    left = left_side(item.round, item, user.pk)
    return VerdictInput(
        key=key,
        preference=preference_of(sent.preference, left),
        correction=storable(sent.correction).strip(),
        note=storable(sent.note).strip(),
        seconds=sent.seconds,
        revision=sent.revision,
    )
