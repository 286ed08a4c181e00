"""The desk: one comparison at a time; a verdict leads straight to the next."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, role_required
from review import verdicts
from review.assignment import next_item
from review.desk import Desk
from review.forms import UndoForm, VerdictForm
from review.models import Round, RoundItem


@require_safe
@role_required(ANNOTATOR)
def desk(request: Request, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(Round, pk=pk, is_open=True))


@require_POST
@role_required(ANNOTATOR)
def verdict(request: Request, pk: int, item: int) -> HttpResponse:
    round_item = get_object_or_404(RoundItem.objects.select_related("round"), pk=item, round=pk, round__is_open=True)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _show(request, round_item.round, status=422)
    try:
        verdicts.record(request.user, round_item, form.verdict_input)
    except verdicts.AssignmentLost as lost:
        messages.error(request, str(lost))
    return _continue(request, round_item.round)


@require_POST
@role_required(ANNOTATOR)
def undo(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round, pk=pk, is_open=True)
    form = UndoForm(request.POST)
    if form.is_valid():
        verdicts.undo(request.user, round_, form.cleaned_data["key"])
    return _continue(request, round_)


def _continue(request: Request, round_: Round) -> HttpResponse:
    """The next item for htmx, a redirect to it for a browser without JavaScript."""
    if not request.htmx:
        return redirect("review:desk", round_.pk)
    return _show(request, round_)


def _show(request: Request, round_: Round, status: int = 200) -> HttpResponse:
    round_.refresh_from_db()
    item = next_item(round_, request.user)
    context = {
        "round": round_,
        "desk": Desk.at(item, request.user) if item else None,
        "key": uuid.uuid4(),
        "undo_key": uuid.uuid4(),
    }
    response = page_or_fragment(request, "review/desk.html", "review/_desk.html", context)
    response.status_code = status
    return response
