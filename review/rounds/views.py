"""The annotator's first page: the open rounds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecc_site.core.roles import ANNOTATOR, role_required
from review.models import Round


@require_safe
@role_required(ANNOTATOR)
def queue(request: HttpRequest) -> HttpResponse:
    rounds = Round.objects.open().select_related("dataset")[:50]
    return render(request, "review/queue.html", {"rounds": rounds})
