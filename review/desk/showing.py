"""What the templates of the desk need: for the whole page, and for the parts that its script asks for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.loader import render_to_string

from review.desk.item import Desk, Unsaved, show
from review.models import Participation, Round, RoundItem


def page_context(
    round_: Round, items: list[RoundItem], annotator: User, unsaved: Unsaved | None = None
) -> dict[str, Any]:
    """The round, the items, and how much the annotator has done so far."""
    return {
        "round": round_,
        "desks": show(round_, items, annotator, unsaved),
        "unsaved": unsaved if unsaved and unsaved.item not in items else None,
        "mine": done_by(round_, annotator),
    }


def done_by(round_: Round, annotator: User) -> int:
    """How many verdicts of theirs are active."""
    own = Participation.objects.filter(round=round_, annotator=annotator)
    return own.values_list("verdict_count", flat=True).first() or 0


def rendered(request: HttpRequest, round_: Round, desk: Desk, message: str = "") -> dict[str, Any]:
    """One item for the script: its id and its HTML."""
    context = {"round": round_, "desk": desk, "message": message}
    return {"id": desk.item.pk, "html": render_to_string("review/_item.html", context, request)}
