"""The desk as a page: one comparison at a time. Its forms work without JavaScript; then each verdict is a new page."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.form_errors import problem_of
from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role, role_required
from review.desk import skipping, verdicts
from review.desk.assignment import look_at_next, lookahead, next_item, next_items
from review.desk.forms import SkipForm, UndoForm, VerdictForm
from review.desk.given import latest
from review.desk.item import Unsaved
from review.desk.nothing_left import NothingLeft
from review.desk.showing import page_context
from review.models import Assignment, Phrase, Round, RoundItem, Skip, Tag


@require_safe
@role_required(ANNOTATOR)
def desk(request: Request, pk: int) -> HttpResponse:
    """A manager only looks: an assignment is taken for them with their first verdict."""
    round_ = _open_round(request, pk)
    if has_role(request.user, MANAGER):
        item = look_at_next(round_, request.user)
        return _show(request, round_, [item] if item else [])
    return _show(request, round_, next_items(round_, request.user, lookahead(round_)))


@require_POST
@role_required(ANNOTATOR)
def verdict(request: Request, pk: int, item: int) -> HttpResponse:
    round_ = _open_round(request, pk)
    round_item = _item(round_, item)
    form = VerdictForm(request.POST, round_)
    if not form.is_valid():
        messages.error(request, problem_of(form))
        return _show(request, round_, [round_item], _unsaved(request, round_item), status=422)
    try:
        verdicts.record(request.user, round_item, form.verdict_input(round_item, request.user.pk))
    except verdicts.NotSaved as refused:
        messages.error(request, str(refused))
        shown = round_item if refused.item_stays else next_item(round_, request.user)
        return _show(request, round_, [shown] if shown else [], _unsaved(request, round_item), status=refused.status)
    return redirect("review:desk", round_.pk)


@require_POST
@role_required(ANNOTATOR)
def undo(request: Request, pk: int) -> HttpResponse:
    round_ = _open_round(request, pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return redirect("review:desk", round_.pk)
    try:
        item = verdicts.undo(request.user, round_, form.cleaned_data["key"])
    except verdicts.NotSaved as refused:
        messages.error(request, str(refused))
        return _show(request, round_, next_items(round_, request.user, 1), status=refused.status)
    if item and not Assignment.objects.about(item).filter(annotator=request.user).exists():
        messages.info(request, _("Your verdict is withdrawn; the annotator who has the dialogue now reviews it."))
    return redirect("review:desk", round_.pk)


@require_POST
@role_required(ANNOTATOR)
def skip(request: Request, pk: int, item: int) -> HttpResponse:
    """Give the dialogue of the item back, with a reason."""
    round_ = _open_round(request, pk)
    form = SkipForm(request.POST)
    if form.is_valid():
        skipping.skip(_item(round_, item), request.user, **form.cleaned_data)
    else:
        messages.error(request, _("Say why you skip this dialogue; nothing was skipped."))
    return redirect("review:desk", round_.pk)


@require_POST
@role_required(ANNOTATOR)
def defer(request: Request, pk: int, item: int) -> HttpResponse:
    """Put the dialogue of the item at the end of the annotator's own queue."""
    round_ = _open_round(request, pk)
    skipping.defer(_item(round_, item), request.user)
    return redirect("review:desk", round_.pk)


def _open_round(request: Request, pk: int) -> Round:
    return get_object_or_404(Round.objects.open().for_reviewer(request.user), pk=pk)


def _item(round_: Round, pk: int) -> RoundItem:
    item = get_object_or_404(
        RoundItem.objects.select_related("comparison__end", "comparison__reference"), pk=pk, round=round_
    )
    item.round = round_
    return item


def _unsaved(request: Request, item: RoundItem) -> Unsaved:
    ticked = (request.POST.getlist(name) for name in ("tags", "signals"))
    return Unsaved(item, request.POST.get("correction", ""), request.POST.get("note", ""), *ticked)


def _show(
    request: Request, round_: Round, items: list[RoundItem], unsaved: Unsaved | None = None, status: int = 200
) -> HttpResponse:
    context = page_context(round_, items, request.user, unsaved)
    context["given"] = latest(round_, request.user)
    context["nothing_left"] = None if items else NothingLeft.of(round_, request.user)
    context["phrases"] = list(Phrase.objects.values_list("text", flat=True))
    context |= {"undo_key": uuid.uuid4(), "skip_reasons": Skip.Reason.choices, "quickest_ms": settings.DESK_QUICKEST_MS}
    context["tags"] = Tag.objects.active()
    return render(request, "review/desk.html", context, status=status)
