"""The page of approved phrases."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.models import Phrase
from review.phrases.forms import PhrasesForm


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def phrases(request: Request) -> HttpResponse:
    initial = {"phrases": "\n".join(Phrase.objects.values_list("text", flat=True))}
    form = PhrasesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        replace(form.cleaned_data["phrases"])
        messages.success(request, _("The phrases are saved."))
        return redirect("review:phrases")
    return render(request, "review/phrases.html", {"form": form}, status=422 if form.errors else 200)


@transaction.atomic
def replace(texts: Sequence[str]) -> None:
    """These are the approved phrases now, in this order."""
    Phrase.objects.exclude(text__in=texts).delete()
    for position, text in enumerate(texts):
        Phrase.objects.update_or_create({"position": position}, text=text)
