"""The shop's own patterns of personal data: what they are, which are on, and what they would find in a text."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from serving import own_redaction
from serving.forms import PatternForm, TryForm
from serving.models import RedactionPattern
from serving.redaction import Redaction

MOST = 50  # each costs time in every text that leaves


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def patterns(request: Request) -> HttpResponse:
    form = PatternForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, TryForm())
    if RedactionPattern.objects.count() >= MOST:
        form.add_error(None, _("There are %(count)s patterns, which is the most: remove one first.") % {"count": MOST})
        return _page(request, form, TryForm())
    own_redaction.add(form.instance, by=request.user)
    messages.success(request, _("%(name)s is redacted from now on.") % {"name": form.instance})
    return redirect("serving:patterns")


@require_POST
@role_required(MANAGER)
def try_pattern(request: Request) -> HttpResponse:
    """What would be found in a text, by the kinds that are on and by the expression in the form."""
    trial = TryForm(request.POST)
    typed = {name: request.POST.get(name, "") for name in ("name", "expression")}
    found = own_redaction.redactor(trial.detectors).redact(trial.cleaned_data["text"]) if trial.is_valid() else None
    return _page(request, PatternForm(initial=typed), trial, found)


@require_POST
@role_required(MANAGER)
def change_pattern(request: Request, pk: int) -> HttpResponse:
    pattern = get_object_or_404(RedactionPattern, pk=pk)
    act = request.POST.get("act")
    if act == "remove":
        own_redaction.remove(pattern, by=request.user)
        messages.success(request, _("%(name)s is removed.") % {"name": pattern})
    elif act in {"on", "off"}:
        own_redaction.switch(pattern, act == "on", by=request.user)
    return redirect("serving:patterns")


def _page(request: Request, form: PatternForm, trial: TryForm, found: Redaction | None = None) -> HttpResponse:
    context = {
        "form": form,
        "trial": trial,
        "found": found,
        "patterns": RedactionPattern.objects.select_related("created_by"),
        "configured": settings.REDACTION_PATTERNS,
    }
    return page_or_fragment(request, "serving/patterns.html", "serving/_tried.html", context)
