"""Dialogues, out and in."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from dialogues.importing.formats.messages import MOST_SATISFIED
from dialogues.importing.given import LONGEST, PREFERENCES
from dialogues.importing.posted import Posted, prepare_posted, store_posted
from dialogues.importing.records import MAX_CHARACTERS, MAX_TURNS
from dialogues.importing.texts import storable
from dialogues.models import Answer, Dialogue
from ecc_site.api.answers import AnswerOut, answer_out
from ecc_site.api.auth import TokenRequest
from ecc_site.api.errors import ApiError
from ecc_site.api.paging import page_of_dialogues
from ecc_site.api.parts import ABSENT, MOST, Cursor, InPath, InQuery, Key, Limit, Sent, operation
from ecc_site.core.idempotency import once
from ecc_site.core.jobs import JobError
from ecc_site.core.models import StoredResponse

router = Router(tags=["dialogues"])
Language = Literal["zh", "en", "other"]
SplitName = Literal["train", "dev", "test"]


class DialogueOut(Schema):
    id: int
    dataset: int
    source_id: str
    language: Language
    split: SplitName
    never_leaves: bool
    turn_count: int
    ended_at: datetime | None
    satisfaction: float | None
    created_at: datetime


class Dialogues(Schema):
    items: list[DialogueOut]
    next_cursor: str | None


class TurnOut(Schema):
    id: int
    position: int
    role: Literal["customer", "agent", "event"]
    text: str
    is_open: bool
    answers: list[AnswerOut]


class WholeDialogue(DialogueOut):
    turns: list[TurnOut]


@operation(router, "GET", "/dialogues", "dialogues:read", Dialogues, 404)
def list_dialogues(
    request: TokenRequest,
    dataset: InQuery,
    cursor: Cursor = "",
    limit: Limit = 50,
    *,
    language: Language = ABSENT,
    split: SplitName = ABSENT,
) -> dict[str, Any]:
    """The dialogues of a dataset, the oldest first; what is added later comes behind the last cursor."""
    ids, following = page_of_dialogues(dataset, cursor, limit, language or "", split or "")
    found = Dialogue.objects.in_bulk(ids)
    return {"items": [_dialogue(found[pk]) for pk in ids if pk in found], "next_cursor": following}


@operation(router, "GET", "/dialogues/{dialogue_id}", "dialogues:read", WholeDialogue, 404)
def get_dialogue(request: TokenRequest, dialogue_id: InPath) -> dict[str, Any]:
    """One dialogue with its turns, and the answers to them. Texts are cleaned and redacted."""
    dialogue = Dialogue.objects.filter(pk=dialogue_id).first()
    if dialogue is None:
        raise Http404
    answers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for answer in Answer.objects.filter(turn__dialogue=dialogue).select_related("version").order_by("pk"):
        answers[answer.turn_id].append(answer_out(answer))
    fields = ("id", "position", "role", "text", "is_open")
    turns = dialogue.turns.order_by("position").values(*fields)
    return _dialogue(dialogue) | {"turns": [turn | {"answers": answers[turn["id"]]} for turn in turns]}


def _dialogue(dialogue: Dialogue) -> dict[str, Any]:
    own = DialogueOut.model_fields.keys() - {"dataset"}
    return {"dataset": dialogue.dataset_id, **{name: getattr(dialogue, name) for name in own}}


# --- in


class GivenVerdict(Sent):
    preference: Literal[PREFERENCES]  # type: ignore[valid-type]
    correction: str = Field("", max_length=LONGEST)
    by: str = Field("", max_length=100)


class TurnIn(Sent):
    """`end`, `cloud` and `verdict` belong to a customer's turn: answers that there are already, and what people say."""

    role: Literal["customer", "agent", "event"]
    text: str = Field(max_length=MAX_CHARACTERS)
    end: str | None = Field(None, max_length=LONGEST)
    cloud: str | None = Field(None, max_length=LONGEST)
    verdict: GivenVerdict | None = None


class DialogueIn(Sent):
    id: str | None = Field(None, max_length=200, description="its id where it comes from")
    split: SplitName | None = None
    satisfaction: float | None = Field(
        None, description="of the customer, in any range", ge=-MOST_SATISFIED, le=MOST_SATISFIED
    )
    turns: list[TurnIn] = Field(min_length=1, max_length=MAX_TURNS)


class DialoguesIn(Sent):
    dataset: str = Field(min_length=1, max_length=200, pattern=r"\S", description="its name; a new one makes a dataset")
    never_leaves: bool = Field(False, description="these dialogues never go to a cloud model")
    dialogues: Annotated[list[DialogueIn], Field(min_length=1, max_length=MOST)]


class OutcomeOut(Schema):
    """`dialogue`: its id, also that of the one that it repeats. `problem` says why it is not here, or stands beside."""

    state: Literal["added", "same_id", "repeated", "near_duplicate", "erased", "refused"]
    dialogue: int | None
    problem: str


class Added(Schema):
    """`import_job`: the import that can be undone on its page. `outcomes`: in the order of the request."""

    dataset: int | None
    import_job: int
    outcomes: list[OutcomeOut]


@operation(router, "POST", "/dialogues", "dialogues:write", Added, 409)
def add_dialogues(request: TokenRequest, sent: DialoguesIn, idempotency_key: Key = ABSENT) -> dict[str, Any]:
    """Add up to 100 dialogues, checked, cleaned and redacted as an import is.

    A body that does not fit stores nothing, and the answer names each place. Of dialogues that fit, each has its
    outcome: one that comes again with its id takes the place of the earlier one, one that is here already is not added.
    """
    batch = prepare_posted([dialogue.model_dump(exclude_none=True) for dialogue in sent.dialogues])
    name = storable(sent.dataset).strip() or sent.dataset
    origin = f"API · {request.auth.name}"

    def work() -> dict[str, Any]:
        return _added(store_posted(batch, name, origin=origin, by=request.user, never_leaves=sent.never_leaves))

    try:
        digest = StoredResponse.digest_of(request.path, request.body)
        return once(request.user, idempotency_key, digest, work)
    except JobError as error:
        raise ApiError(409, "built_in", str(error), "dataset") from error


def _added(posted: Posted) -> dict[str, Any]:
    outcomes = [{"state": o.state, "dialogue": o.dialogue, "problem": o.problem} for o in posted.outcomes]
    return {
        "dataset": posted.dataset.pk if posted.dataset else None,
        "import_job": posted.job.pk,
        "outcomes": outcomes,
    }
