"""An annotator's own page: rounds, agreement, and how long they stay fresh. Managers see all but the last."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role, role_required
from review.agreement.annotators import AnnotatorFigures
from review.agreement.kept import shown_of
from review.models import Assignment, Participation, Round
from review.people.fatigue import stretches

SHOWN = 20
FIGURED = 5  # newest rounds whose agreement is worked out


@require_safe
@role_required(ANNOTATOR)
def reviewer(request: Request, pk: int) -> HttpResponse:
    """One's own page; to managers that of anybody, without the part that is private."""
    person = get_object_or_404(User, pk=pk)
    is_own = person == request.user
    if not (is_own or has_role(request.user, MANAGER)):
        raise Http404
    own = Participation.objects.filter(annotator=person).select_related("round__dataset").order_by("-last_at", "-id")
    rows = list(own[:SHOWN])
    held = Assignment.objects.filter(annotator=person, state="taken", round__in=[row.round_id for row in rows])
    context = {
        "person": person,
        "is_own": is_own,
        "rows": [(row, _figures(row) if i < FIGURED else None) for i, row in enumerate(rows)],
        "held": set(held.order_by().values_list("round", flat=True).distinct()),
        "stretches": stretches(person) if is_own else [],
    }
    return render(request, "review/reviewer.html", context)


def _figures(row: Participation) -> AnnotatorFigures | None:
    """Agreement, gold items and pace in one round, where they are known."""
    found = shown_of(row.round).found
    return next((of for of in found.annotators if of.annotator == row.annotator_id), None) if found else None


@require_POST
@role_required(MANAGER)
def release(request: Request, pk: int, person: int) -> HttpResponse:
    """What an annotator holds in a round goes back to the pool; what they have said stays."""
    round_ = get_object_or_404(Round, pk=pk)
    annotator = get_object_or_404(User, pk=person)
    held = Assignment.objects.filter(round=round_, annotator=annotator, state="taken")
    count = held.update(annotator=None, state="free", leased_until=None, deferred_at=None)
    text = ngettext("%(count)s dialogue is free for others.", "%(count)s dialogues are free for others.", count)
    messages.success(request, text % {"count": count})
    return redirect("review:reviewer", person)
