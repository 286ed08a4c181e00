"""The desk: one comparison at a time; a verdict leads straight to the next."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role, role_required
from review.desk import verdicts
from review.desk.assignment import look_at_next, next_item
from review.desk.forms import UndoForm, VerdictForm
from review.desk.item import Desk, Unsaved
from review.models import Assignment, Round, RoundItem


@require_safe
@role_required(ANNOTATOR)
def desk(request: Request, pk: int) -> HttpResponse:
    """A manager only looks: an assignment is taken for them with their first verdict."""
    round_ = get_object_or_404(Round, pk=pk, is_open=True)
    find = look_at_next if has_role(request.user, MANAGER) else next_item
    return _show(request, round_, find(round_, request.user))


@require_POST
@role_required(ANNOTATOR)
def verdict(request: Request, pk: int, item: int) -> HttpResponse:
    items = RoundItem.objects.select_related("round", "comparison__end", "comparison__reference")
    round_item = get_object_or_404(items, pk=item, round=pk, round__is_open=True)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _show(request, round_item.round, round_item, _unsaved(request, round_item), status=422)
    try:
        verdicts.record(request.user, round_item, form.verdict_input)
    except verdicts.NotSaved as refused:
        messages.error(request, str(refused))
        shown = round_item if refused.item_stays else next_item(round_item.round, request.user)
        return _show(request, round_item.round, shown, _unsaved(request, round_item), status=refused.status)
    return _continue(request, round_item.round)


@require_POST
@role_required(ANNOTATOR)
def undo(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round, pk=pk, is_open=True)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _continue(request, round_)
    try:
        item = verdicts.undo(request.user, round_, form.cleaned_data["key"])
    except verdicts.NotSaved as refused:
        messages.error(request, str(refused))
        return _show(request, round_, next_item(round_, request.user), status=refused.status)
    if item and not Assignment.objects.about(item).filter(annotator=request.user).exists():
        messages.info(request, _("Your verdict is withdrawn; the annotator who has the dialogue now reviews it."))
    return _continue(request, round_)


def _continue(request: Request, round_: Round) -> HttpResponse:
    """The next item for htmx, a redirect to it for a browser without JavaScript."""
    if not request.htmx:
        return redirect("review:desk", round_.pk)
    return _show(request, round_, next_item(round_, request.user))


def _unsaved(request: Request, item: RoundItem) -> Unsaved:
    return Unsaved(item, request.POST.get("correction", ""), request.POST.get("note", ""))


def _show(
    request: Request, round_: Round, item: RoundItem | None, unsaved: Unsaved | None = None, status: int = 200
) -> HttpResponse:
    round_.refresh_from_db()
    context = {
        "round": round_,
        "desk": Desk.at(item, request.user, unsaved) if item else None,
        "unsaved": unsaved if unsaved and unsaved.item != item else None,
        "key": uuid.uuid4(),
        "undo_key": uuid.uuid4(),
    }
    response = page_or_fragment(request, "review/desk.html", "review/_desk.html", context)
    response.status_code = status
    return response
