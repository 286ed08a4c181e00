"""The registry of versions, the gate of one of them, and the buttons that decide which one answers customers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues.importing.texts import storable
from dialogues.models import AnswerJob, Dataset
from ecc_site.core.errors import errors_as_messages
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.jobs import Job
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required
from scoring.models import ScoreJob
from serving.models import Alias, AliasMove, Version
from training.evaluation.gate import Gate
from training.evaluation.models import AssessmentJob
from training.versions import promotion
from training.versions.charts import interval_bar
from training.versions.forms import MeasuredOn
from training.versions.gate import default_measure, gate_of, start_gate
from training.versions.measuring import round_of_both
from training.versions.merge import can_merge, merged_precision
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder, end_versions, listed_versions, registry_entries

MOVES_SHOWN = 10


@require_safe
@role_required(MANAGER)
def versions(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    page = keyset_page(listed_versions(), ("-id",), request.GET.get("after", ""))
    context = {"form": form, "page": page, "entries": registry_entries(page.rows, **form.values)}
    return page_or_fragment(request, "training/versions/versions.html", "training/versions/_versions.html", context)


@require_safe
@role_required(MANAGER)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(end_versions(), pk=pk)
    form = _form(request, shown)
    gate = gate_of(shown, **form.values)
    context = {
        "entry": registry_entries([shown], **form.values)[0],
        "form": form,
        "gate": gate,
        "bars": _bars(gate) if gate else {},
        "is_champion": Alias.objects.filter(name="champion", version=shown).exists(),
        "previous": Alias.objects.filter(name="previous").select_related("version").first(),
        "has_adapter": adapter_folder(shown) is not None,
        "can_merge": can_merge(shown),
        "merged_precision": merged_precision(shown),
        "moves": AliasMove.objects.filter(name="champion").select_related("before", "after", "by")[:MOVES_SHOWN],
        "jobs": _jobs(shown, gate, form.values.get("dataset")),
    }
    return page_or_fragment(request, "training/versions/version.html", "training/versions/_version.html", context)


@require_POST
@role_required(MANAGER)
def evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the version and its baseline measured on both sets, and the version assessed."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    form = _form(request, shown)
    with errors_as_messages(request):
        if {"dataset", "kind"} <= form.values.keys():
            start_gate(shown, **form.values, by=request.user)
    return _back(shown, form)


@require_POST
@role_required(MANAGER)
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    form = _form(request, shown)
    gate = gate_of(shown, **form.values)
    with errors_as_messages(request):
        says = {"offered": bool(gate and gate.offered), "lacks_verdicts": bool(gate and gate.lacks_verdicts)}
        if promotion.promote(shown, by=request.user, reason=_reason(request), **says):
            messages.success(request, _("%(version)s answers customers from now on.") % {"version": shown})
    return _back(shown, form)


@require_safe
@role_required(MANAGER)
def review_both(request: HttpRequest, pk: int) -> HttpResponse:
    """To the form of a round in which people judge the version and its baseline on the same questions."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    form = _form(request, shown)
    gate = gate_of(shown, **form.values)
    with errors_as_messages(request):
        if gate:
            return redirect(round_of_both(gate).form_address)
    return _back(shown, form)


@require_POST
@role_required(MANAGER)
def rollback(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` is the champion that the person saw, so that a second click does not undo the first."""
    seen = get_object_or_404(Version, pk=pk)
    with errors_as_messages(request):
        champion = promotion.roll_back_from(seen, by=request.user, reason=_reason(request))
        if champion:
            messages.success(request, _("%(version)s answers customers again.") % {"version": champion})
    return redirect("training:version", seen.pk)


@require_POST
@role_required(MANAGER)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a candidate, or make a retired version a candidate again."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    with errors_as_messages(request):
        if request.POST.get("state") == "candidate":
            promotion.restore(shown, by=request.user)
        else:
            promotion.retire(shown, by=request.user, reason=_reason(request))
    return redirect("training:version", shown.pk)


def _reason(request: HttpRequest) -> str:
    return storable(request.POST.get("reason", ""))[:500]


def _form(request: HttpRequest, shown: Version | None = None) -> MeasuredOn:
    return MeasuredOn(default_measure(shown) | {name: value for name, value in request.GET.items() if value})


def _back(shown: Version, form: MeasuredOn) -> HttpResponse:
    response = redirect("training:version", shown.pk)
    response["Location"] += f"?{form.query}" if form.query else ""
    return response


def _bars(gate: Gate) -> dict[str, Any]:
    """The interval of each comparison as places on a bar."""
    return {
        "main": gate.main and interval_bar(gate.main.difference, gate.margin),
        "regression": gate.regression and interval_bar(gate.regression.difference, -gate.regression_margin),
        "people": gate.main and gate.main.people.difference and interval_bar(gate.main.people.difference, gate.margin),
    }


def _jobs(shown: Version, gate: Gate | None, dataset: Dataset | None) -> list[Job]:
    """The merge unless it went well, and the work that will change what the gate shows."""
    merge = shown.merge_jobs.first()
    merges = [merge] if merge and merge.state not in (MergeJob.State.DONE, MergeJob.State.CANCELLED) else []
    compared = [shown, gate.champion] if gate else [shown]
    answers = AnswerJob.objects.active().filter(version__in=compared).select_related("version", "dataset")
    scores = ScoreJob.objects.active().filter(dataset=dataset).select_related("dataset")
    assessing = AssessmentJob.objects.active().filter(candidate=shown).select_related("candidate", "eval_set")
    return [*merges, *answers, *scores, *assessing]
