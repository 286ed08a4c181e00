"""What the script of the desk sends and asks for, as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.form_errors import problem_of
from ecc_site.core.requests import Request, ids_of
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role, role_required
from review.desk import given, verdicts
from review.desk.assignment import LOOKAHEAD, lookahead, next_items
from review.desk.forms import UndoForm, VerdictForm
from review.desk.item import Unsaved, show
from review.desk.nothing_left import NothingLeft
from review.desk.outbox import Outcome, record_all
from review.desk.showing import page_context, rendered
from review.desk.verdict_input import VerdictInput
from review.models import Assignment, Round, RoundItem, Verdict

AT_ONCE = 10  # verdicts in one request; a page stops at five that are not sent


class BadRequest(ValueError):
    """What was sent is not what the script of the desk sends."""


@require_POST
@role_required(ANNOTATOR)
def outbox(request: Request, pk: int) -> HttpResponse:
    """Save what the page has collected, and bring the items that it lacks.

    `have` are the ids of the items on the page; null where it wants none, since it goes away or shows another round.
    A round that was closed in the meantime still takes what was judged before, but gives nothing more to judge. One
    that its deadline has closed takes nothing; the page keeps what it has, for the case that it is opened again.
    """
    round_ = get_object_or_404(Round, pk=pk)
    try:
        sent, on_hand = _read(request)
    except BadRequest as problem:
        return JsonResponse({"message": str(problem)}, status=400)
    if sent.get("account") != request.user.pk:  # before the permission: that account may lack it
        return _other_account(request)
    if not Round.objects.for_reviewer(request.user).contains(round_):
        raise Http404
    if round_.was_closed_by_deadline:
        return _too_late(round_)
    outcomes, saved = _record(request, round_, sent["verdicts"])
    if on_hand is None:
        _close_finished(saved)
        news = _news(request, round_, [])
    else:
        items = _missing(request, round_, on_hand)
        news = _news(request, round_, items, ends=not (items or on_hand))
    return JsonResponse({"outcomes": outcomes, "given": _strip(request, round_, saved), **news})


@require_POST
@role_required(ANNOTATOR)
def undo(request: Request, pk: int) -> HttpResponse:
    """Withdraw the annotator's latest verdict; the answer has its item, with what was said before."""
    round_ = get_object_or_404(Round.objects.open().for_reviewer(request.user), pk=pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("The key of the request cannot be read.")}, status=400)
    try:
        item = verdicts.undo(request.user, round_, form.cleaned_data["key"])
    except verdicts.NotSaved as refused:
        return JsonResponse({"message": str(refused)}, status=refused.status)
    if item is None:
        return JsonResponse({"message": _("There is no verdict to undo."), **_news(request, round_, [])})
    if not Assignment.objects.about(item).filter(annotator=request.user).exists():
        message = _("Your verdict is withdrawn; the annotator who has the dialogue now reviews it.")
        return JsonResponse({"message": message, **_news(request, round_, [])})
    return JsonResponse({"message": _("Your last verdict is open again."), **_news(request, round_, [item])})


@require_safe
@role_required(ANNOTATOR)
def item(request: Request, pk: int, item: int) -> HttpResponse:
    """An item that the annotator has judged, for a second look; to a manager any."""
    round_ = get_object_or_404(Round.objects.open().for_reviewer(request.user), pk=pk)
    items = RoundItem.objects.filter(round=round_)
    if not has_role(request.user, MANAGER):
        items = items.filter(Exists(Verdict.objects.filter(annotator=request.user, item=OuterRef("pk"))))
    return JsonResponse(_news(request, round_, [get_object_or_404(items, pk=item)]))


def _read(request: HttpRequest) -> tuple[dict[str, Any], list[int] | None]:
    try:
        sent = json.loads(request.body)
        have = sent.get("have")
        on_hand = None if have is None else [int(pk) for pk in have][:LOOKAHEAD]
        sent["verdicts"] = [dict(verdict) for verdict in sent.get("verdicts", [])]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadRequest(_("This is not what the desk sends: %(reason)s") % {"reason": error}) from error
    if len(sent["verdicts"]) > AT_ONCE:
        raise BadRequest(_("At most %(count)s verdicts can be sent at once.") % {"count": AT_ONCE})
    return sent, on_hand


def _other_account(request: Request) -> HttpResponse:
    text = _("Nothing was saved: %(name)s has signed in in another tab. Your verdicts wait in this browser.")
    return JsonResponse(
        {"message": text % {"name": request.user.get_username()}, "account": request.user.pk}, status=409
    )


def _too_late(round_: Round) -> HttpResponse:
    text = _("Not saved: “%(round)s” closed at its deadline, %(day)s. Your verdicts are kept in this browser.")
    return JsonResponse({"message": text % {"round": round_, "day": round_.deadline}}, status=410)


def _record(request: Request, round_: Round, sent: list[dict]) -> tuple[list[dict], list[Verdict]]:
    """What became of each of them, in their order, and those that are saved."""
    # By the ids alone, in no order: SQLite would otherwise walk through the whole round to have them in its order.
    rows = RoundItem.objects.select_related("comparison__turn").order_by()
    ids = ids_of(str(verdict.get("item")) for verdict in sent)
    found = rows.in_bulk(ids) if ids else {}
    items = {str(pk): item for pk, item in found.items() if item.round_id == round_.pk}
    read: list[tuple[RoundItem, VerdictInput]] = []
    refused: dict[int, dict] = {}
    for place, values in enumerate(sent):
        round_item, form = items.get(str(values.get("item"))), VerdictForm(values, round_)
        if round_item is None:
            refused[place] = _refused(values, _("This item is no longer in the round."))
        elif form.is_valid():
            round_item.round = round_
            read.append((round_item, form.verdict_input(round_item, request.user.pk)))
        else:
            correction, note = (str(values.get(name, "")) for name in ("correction", "note"))
            tags, signals = (_words(values.get(name)) for name in ("tags", "signals"))
            unsaved = Unsaved(round_item, correction, note, tags, signals)
            refused[place] = _refused(values, problem_of(form)) | _shown(request, round_, unsaved, problem_of(form))
    recorded = record_all(request.user, round_, read) if read else []
    told = (_told(request, round_, outcome) for outcome in recorded)
    outcomes = [refused[place] if place in refused else next(told) for place in range(len(sent))]
    return outcomes, [outcome.verdict for outcome in recorded if outcome.verdict]


def _missing(request: Request, round_: Round, on_hand: list[int]) -> list[RoundItem]:
    """The next items, as many as the page lacks; a closed round gives none, nor any to a manager who only looks."""
    own = Assignment.objects.filter(round=round_, annotator=request.user)
    if not round_.is_open or (has_role(request.user, MANAGER) and not own.exists()):
        return []
    return next_items(round_, request.user, max(lookahead(round_) - len(on_hand), 0), on_hand)


def _close_finished(saved: list[Verdict]) -> None:
    """Mark the assignments under these verdicts as done where nothing is left, as who asks for items has it done."""
    for assignment in {verdict.assignment for verdict in saved if verdict.assignment}:
        Assignment.objects.close_if_finished(assignment)


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _refused(values: dict, message: str) -> dict:
    return {"key": values.get("key"), "saved": False, "message": message}


def _told(request: Request, round_: Round, outcome: Outcome) -> dict:
    if outcome.refused is None:
        return {"key": str(outcome.said.key), "saved": True}
    message = str(outcome.refused)
    told = _refused({"key": str(outcome.said.key)}, message)
    said = outcome.said
    unsaved = Unsaved(outcome.item, said.correction, said.note, said.tags, said.signals)
    if outcome.refused.item_stays:
        return told | _shown(request, round_, unsaved, message)
    return told | {
        "notice": render_to_string("review/_unsaved.html", {"unsaved": unsaved, "message": message}, request)
    }


def _shown(request: Request, round_: Round, unsaved: Unsaved, message: str) -> dict:
    unsaved.item.round = round_
    desk = show(round_, [unsaved.item], request.user, unsaved)[0]
    return {"item": rendered(request, round_, desk, message)}


def _strip(request: Request, round_: Round, saved: list[Verdict]) -> list[dict[str, Any]]:
    """The lines of these verdicts beside the desk, the newest last."""
    return [
        {"id": row.verdict.item_id, "html": render_to_string("review/_given_row.html", {"round": round_, "row": row})}
        for row in given.told(round_, saved)
    ]


def _news(request: Request, round_: Round, items: list[RoundItem], ends: bool = False) -> dict[str, Any]:
    """What changes on the page: further items, the counters, and why nothing is left where nothing is."""
    context = page_context(round_, items, request.user)
    context["nothing_left"] = NothingLeft.of(round_, request.user) if ends else None
    return {
        "items": [rendered(request, round_, desk) for desk in context["desks"]],
        "done": round_.verdict_count,
        "wanted": round_.wanted_count,
        "mine": context["mine"],
        "ended": render_to_string("review/_nothing_left.html", context, request) if ends else "",
    }
