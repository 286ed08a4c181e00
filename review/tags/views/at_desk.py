"""What the desk sends about the tags of a customer's turn."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ecc_site.core.form_errors import problem_of
from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role, role_required
from review.models import Assignment, Round, RoundItem, TurnTag
from review.querysets import RoundItemQuerySet
from review.tags.forms import TurnTagForm


@require_POST
@role_required(ANNOTATOR)
def tag(request: Request, pk: int, item: int) -> HttpResponse:
    """Who has the dialogue of the item, or is a manager, says which tag of a kind the customer's turn has.

    Also after the round was closed: it may have waited in the browser. Sent twice it is saved once.
    """
    found = get_object_or_404(RoundItem.objects.select_related("comparison__turn"), pk=item, round=pk)
    form = TurnTagForm(request.POST)
    if not form.is_valid():
        message = problem_of(form)
        return JsonResponse({"message": message}, status=422)
    said = form.cleaned_data
    if said["account"] not in (None, request.user.pk):  # before the permission: that account may lack it
        text = _("The tag was not saved: %(name)s has signed in in another tab.")
        return JsonResponse({"message": text % {"name": request.user.get_username()}}, status=409)
    if not _items_of(request, pk).contains(found):
        raise Http404
    TurnTag.objects.decide(found.comparison.turn, said["kind"], said["tag"], request.user)
    return JsonResponse({"saved": True})


def _items_of(request: Request, round_: int) -> RoundItemQuerySet:
    items = RoundItem.objects.filter(round__in=Round.objects.for_reviewer(request.user), round=round_)
    if has_role(request.user, MANAGER):
        return items
    own = Assignment.objects.filter(annotator=request.user, round=OuterRef("round"), dialogue=OuterRef("dialogue"))
    return items.filter(Exists(own))
