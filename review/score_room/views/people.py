"""What people said, a part of the score room that is read after the page: it goes through all verdicts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.score_room.people import said_of
from review.score_room.room import filter_of, room_of
from scoring.models import ScorerSet


@require_safe
@role_required(MANAGER)
def people(request: Request) -> HttpResponse:
    scorer_set = ScorerSet.objects.current()
    room = room_of(request, scorer_set, filter_of(request, scorer_set))
    said = said_of(room) if room else []
    return render(request, "review/score_room/_people.html", {"said": said, "room": room})
