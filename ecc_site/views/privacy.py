"""Erasing customers: find them, see all that will go, erase it as a job, read the report; and how long data is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.models import Dataset, Dialogue
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request, ids_of
from ecc_site.core.roles import ADMIN, MANAGER, role_required
from ecc_site.models import EraseJob
from ecc_site.privacy import retention as keeping
from ecc_site.privacy.erasing import copies_of
from ecc_site.privacy.find import MOST, find
from ecc_site.privacy.footprint import Footprint
from ecc_site.privacy.forms import EraseForm, FindForm, RetentionForm
from ecc_site.privacy.kinds import in_words
from training.versions.learners import learners

SHOWN = 5  # dialogues of which the preview quotes the beginning


@require_safe
@role_required(ADMIN)
def privacy(request: Request) -> HttpResponse:
    form = FindForm(request.GET)
    context = {
        "form": form,
        "found": find(**form.values) if form.values else None,
        "page": keyset_page(EraseJob.objects.select_related("dataset"), ("-id",), request.GET.get("after", "")),
    }
    return page_or_fragment(request, "ecc_site/privacy.html", "ecc_site/_privacy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ADMIN)
def erase(request: Request) -> HttpResponse:
    """All that will go with the dialogues in the address, and with a reason the job that erases them."""
    chosen = _chosen(request.GET.getlist("dialogue"))
    if not chosen:
        messages.error(request, _("Choose at least one dialogue."))
        query = urlencode({name: words for name in ("source_id", "text") if (words := request.GET.get(name))})
        return redirect(f"{reverse('privacy')}?{query}" if query else "privacy")
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"dialogues": [dialogue.pk for dialogue in chosen], "reason": form.cleaned_data["reason"]}
        job = EraseJob.objects.create(created_by=request.user, **values)
        job.enqueue()
        return redirect("erasure", job.pk)
    context = {"form": form, "dialogues": chosen, "with_copies": len(chosen) > len(request.GET.getlist("dialogue"))}
    return render(request, "ecc_site/erase.html", context | _preview(chosen))


@require_safe
@role_required(MANAGER)
def erasure(request: Request, pk: int) -> HttpResponse:
    """The report of a job: what was removed, and which versions had learned from it."""
    job = get_object_or_404(EraseJob.objects.select_related("dataset", "created_by"), pk=pk)
    context = {"job": job, "removed": in_words(job.removed), "learners": learners(job.learners)}
    return page_or_fragment(request, "ecc_site/erasure.html", "ecc_site/_erasure.html", context)


@require_POST
@role_required(MANAGER)
def retention(request: Request, pk: int) -> HttpResponse:
    """Set how long the dialogues of a dataset are kept; what is too old goes with the next daily job."""
    dataset = get_object_or_404(Dataset, pk=pk)
    if not dataset.takes_imports:
        raise Http404  # the site's own sets are what versions are measured on
    form = RetentionForm(request.POST)
    if form.is_valid():
        keeping.keep_for(dataset, **form.values, by=request.user)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Give a number of days, at least 1, or leave it empty to keep the dialogues."))
    return redirect("dataset", pk)


def _chosen(values: Collection[str]) -> list[Dialogue]:
    """The dialogues with these ids, and the same conversations in other datasets."""
    ids = ids_of(values)[:MOST]
    return list(copies_of(Dialogue.objects.filter(pk__in=ids)).select_related("dataset"))


def _preview(chosen: list[Dialogue]) -> dict[str, Any]:
    removed: Counter[str] = Counter()
    certainty: dict[str, bool] = {}
    for dialogue in chosen:
        footprint = Footprint.of(dialogue)
        removed += footprint.counts
        for run, is_certain in footprint.learners.items():
            certainty[run] = is_certain or certainty.get(run, False)
    quoted = [(dialogue, list(dialogue.turns.all()[:3])) for dialogue in chosen[:SHOWN]]
    return {"removed": in_words(removed), "learners": learners(certainty), "quoted": quoted}


def retention_of(dataset: Dataset) -> dict[str, Any]:
    """What the page of a dataset shows of it: the form, and how many dialogues would be erased today."""
    initial = {"days": dataset.retention_days, "keeps_used": dataset.retention_keeps_used}
    count = None
    if dataset.retention_days:
        count = keeping.how_many_now(dataset, dataset.retention_days, keeps_used=dataset.retention_keeps_used)
    return {
        "form": RetentionForm(initial=initial),
        "count": count,
        "most": keeping.MOST_COUNTED,
        "jobs": dataset.erase_jobs.all()[:SHOWN],
    }
