"""The annotator's first page: the open rounds."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, role_required
from review.models import Round


@require_safe
@role_required(ANNOTATOR)
def queue(request: Request) -> HttpResponse:
    rounds = Round.objects.open().for_reviewer(request.user).select_related("dataset")[:50]
    return render(request, "review/queue.html", {"rounds": rounds})
