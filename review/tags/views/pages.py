"""The shop's list of tags, for managers: what is on it, how good its suggestions are, and the button for more."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.models import SuggestTagsJob, Tag
from review.querysets import COUNTED
from review.tags.accuracy import ENOUGH, LATEST, accuracy_of
from review.tags.forms import SuggestForm, TagForm

JOBS = 5


@require_safe
@role_required(MANAGER)
def tags(request: Request) -> HttpResponse:
    return _show(request, SuggestForm())


@require_POST
@role_required(MANAGER)
def suggest(request: Request) -> HttpResponse:
    form = SuggestForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    start_once(request, SuggestTagsJob, dataset=form.cleaned_data["dataset"])
    return redirect("review:tags")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def add(request: Request) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def edit(request: Request, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Tag, pk=pk))


@require_POST
@role_required(MANAGER)
def set_state(request: Request, pk: int) -> HttpResponse:
    """With `act=restore` it is offered again, else it is retired; what people confirmed stays."""
    tag = get_object_or_404(Tag, pk=pk)
    Tag.objects.filter(pk=tag.pk).update(active=request.POST.get("act") == "restore")
    return redirect("review:tags")


def _edit(request: Request, tag: Tag | None) -> HttpResponse:
    form = TagForm(request.POST if request.method == "POST" else None, instance=tag)
    if form.is_valid():
        form.save()
        return redirect("review:tags")
    return render(request, "review/tag.html", {"form": form, "tag": tag})


def _show(request: Request, form: SuggestForm) -> HttpResponse:
    page = keyset_page(Tag.objects.with_counts(), ("position", "pk"), request.GET.get("after", ""))
    jobs = SuggestTagsJob.objects.select_related("dataset", "created_by")[:JOBS]
    kinds = dict(Tag.Kind.choices)
    context = {
        "page": page,
        "counted": COUNTED,
        "suggest_form": form,
        "jobs": [(job, _thresholds(job, kinds)) for job in jobs],
        "accuracies": [(label, accuracy_of(kind)) for kind, label in kinds.items()],
        "enough": ENOUGH,
        "latest": LATEST,
    }
    return page_or_fragment(request, "review/tags.html", "review/_tags.html", context)


def _thresholds(job: SuggestTagsJob, kinds: dict[Any, Any]) -> list[str]:
    """In words, from which similarity on each kind was suggested."""
    chosen = _("%(kind)s: from a similarity of %(least).2f on, chosen by %(turns)s decided turns")
    default = _("%(kind)s: from a similarity of %(least).2f on, a default")
    return [
        (chosen if turns else default) % {"kind": kinds[kind], "least": least, "turns": turns}
        for kind, (least, turns) in job.thresholds.items()
        if kind in kinds
    ]
