"""Answers, out and in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dialogues.importing.given import LONGEST
from dialogues.importing.posted_answers import CannotBeAnswered, PostedAnswer, redacted, store_answers
from dialogues.importing.texts import storable
from dialogues.models import Answer
from ecc_site.api.auth import TokenRequest
from ecc_site.api.errors import ApiError
from ecc_site.api.paging import page_of_dialogues
from ecc_site.api.parts import ABSENT, MOST, Cursor, Id, InQuery, Key, Limit, Sent, operation
from ecc_site.core.idempotency import once
from ecc_site.core.models import StoredResponse

router = Router(tags=["answers"])


class AnswerOut(Schema):
    """`version` and `side` where a model wrote it."""

    id: int
    turn: int
    source: Literal["model", "human", "annotator"]
    side: Literal["end", "cloud"] | None
    version: str | None
    text: str
    latency_ms: float | None
    created_at: datetime


class Answers(Schema):
    items: list[AnswerOut]
    next_cursor: str | None


def answer_out(answer: Answer) -> dict[str, Any]:
    """`version` of the answer is loaded with it."""
    version = answer.version
    return {
        **{name: getattr(answer, name) for name in ("id", "source", "text", "latency_ms", "created_at")},
        "turn": answer.turn_id,
        "side": version.kind if version else None,
        "version": version.name if version else None,
    }


@operation(router, "GET", "/answers", "answers:read", Answers, 404)
def list_answers(
    request: TokenRequest,
    dataset: InQuery,
    cursor: Cursor = "",
    limit: Limit = 50,
    source: Literal["model", "human", "annotator"] = ABSENT,
) -> dict[str, Any]:
    """The answers to the turns of a dataset. A page has those of `limit` dialogues: all of each, and maybe none."""
    dialogues, following = page_of_dialogues(dataset, cursor, limit)
    answers = Answer.objects.filter(turn__dialogue__in=dialogues, **({"source": source} if source else {}))
    items = [answer_out(answer) for answer in answers.select_related("version").order_by("turn_id", "pk")]
    return {"items": items, "next_cursor": following}


# --- in


class AnswerIn(Sent):
    turn: Id
    side: Literal["end", "cloud"]
    text: str = Field(max_length=LONGEST, description="empty: the model said nothing")
    version: str = Field("", max_length=200, description="what wrote it; a new name is a new version")


class AnswersIn(Sent):
    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=MOST)]


class AnswerOutcome(Schema):
    """`exists`: this version has answered this turn before; that answer stays."""

    state: Literal["added", "exists"]
    answer: int


class AddedAnswers(Schema):
    """In the order of the request."""

    outcomes: list[AnswerOutcome]


@operation(router, "POST", "/answers", "answers:write", AddedAnswers, 404, 409)
def add_answers(request: TokenRequest, sent: AnswersIn, idempotency_key: Key = ABSENT) -> dict[str, Any]:
    """Add up to 100 answers that models elsewhere gave to customers' turns, all or none.

    They are redacted like the dialogue, and paired with the references of their turns, to be scored and reviewed.
    """
    answers = [PostedAnswer(a.turn, a.side, a.text, storable(a.version).strip()) for a in sent.answers]
    try:
        ready = redacted(answers)
    except CannotBeAnswered as error:
        status, code = (404, "not_found") if error.missing else (409, "not_to_be_answered")
        raise ApiError(status, code, str(error), f"answers[{error.number}].turn") from error
    digest = StoredResponse.digest_of(request.path, request.body)
    return once(request.user, idempotency_key, digest, lambda: _added(store_answers(ready)))


def _added(stored: list[tuple[bool, int]]) -> dict[str, Any]:
    return {"outcomes": [{"state": "added" if is_new else "exists", "answer": pk} for is_new, pk in stored]}
