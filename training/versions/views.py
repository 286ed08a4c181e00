"""The registry of versions, the gate before one of them, and the move that lets it answer customers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues.models import AnswerJob
from ecc_site.core.errors import ExpectedError
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required
from scoring.models import ScoreJob
from serving.models import Alias, AliasMove, Version
from training.evaluation.gate import Gate
from training.evaluation.run import start_evaluation
from training.evaluation.sets import gate_set, regression_set
from training.versions import promotion
from training.versions.charts import interval_bar
from training.versions.forms import MeasuredOn
from training.versions.gate_choice import baseline_of, gate_before, newest_choice
from training.versions.merged import can_merge, merged_folder
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder, end_versions, entries

MOVES_SHOWN = 10


@require_safe
@role_required(MANAGER)
def versions(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    page = keyset_page(end_versions(), ("-id",), request.GET.get("after", ""))
    context = {"form": form, "page": page, "entries": entries(page.rows, **form.values)}
    return page_or_fragment(request, "training/versions/versions.html", "training/versions/_versions.html", context)


@require_safe
@role_required(MANAGER)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(end_versions(), pk=pk)
    form = _form(request, shown)
    gate = gate_before(shown, **form.values)
    compared = [shown, gate.champion] if gate else [shown]
    context = {
        "entry": entries([shown], **form.values)[0],
        "form": form,
        "gate": gate,
        "bars": _bars(gate) if gate else {},
        "is_champion": Alias.objects.filter(name="champion", version=shown).exists(),
        "previous": Alias.objects.filter(name="previous").select_related("version").first(),
        "has_adapter": adapter_folder(shown) is not None,
        "can_merge": can_merge(shown),
        "merged": merged_folder(shown),
        "moves": AliasMove.objects.filter(name="champion").select_related("before", "after", "by")[:MOVES_SHOWN],
        "jobs": _jobs(shown, compared, form.values.get("dataset")),
    }
    return page_or_fragment(request, "training/versions/version.html", "training/versions/_version.html", context)


@require_POST
@role_required(MANAGER)
def evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the version and its baseline answer both sets; what they have answered already is not asked again."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    form = _form(request, shown)
    try:
        sets = [gate_set(**form.values), regression_set()] if {"dataset", "kind"} <= form.values.keys() else []
        for one in filter(None, (shown, baseline_of(shown))):
            for eval_set in sets:
                start_evaluation(one, eval_set, request.user)
    except ExpectedError as problem:
        messages.error(request, str(problem))
    return _back(shown, form)


@require_POST
@role_required(MANAGER)
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    form = _form(request, shown)
    gate = gate_before(shown, **form.values)
    reason = request.POST.get("reason", "")
    try:
        if promotion.promote(shown, by=request.user, reason=reason, offered=bool(gate and gate.offered)):
            messages.success(request, _("%(version)s answers customers from now on.") % {"version": shown})
    except ExpectedError as problem:
        messages.error(request, str(problem))
    return _back(shown, form)


@require_POST
@role_required(MANAGER)
def rollback(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` is the champion that the person saw, so that a second click does not undo the first."""
    seen = get_object_or_404(Version, pk=pk)
    try:
        back = promotion.roll_back(by=request.user, reason=request.POST.get("reason", ""), expected=seen.pk)
        if back:
            messages.success(request, _("%(version)s answers customers again.") % {"version": back})
    except ExpectedError as problem:
        messages.error(request, str(problem))
    return redirect("training:version", seen.pk)


@require_POST
@role_required(MANAGER)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a candidate, or bring it back."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    try:
        (promotion.restore if request.POST.get("state") == "candidate" else promotion.retire)(shown)
    except ExpectedError as problem:
        messages.error(request, str(problem))
    return redirect("training:version", shown.pk)


def _form(request: HttpRequest, shown: Version | None = None) -> MeasuredOn:
    return MeasuredOn(newest_choice(shown) | {name: value for name, value in request.GET.items() if value})


def _back(shown: Version, form: MeasuredOn) -> HttpResponse:
    response = redirect("training:version", shown.pk)
    response["Location"] += f"?{form.query}" if form.query else ""
    return response


def _bars(gate: Gate) -> dict:
    margins = {"main": gate.margin, "regression": -gate.regression_margin}
    pairs = {"main": gate.main, "regression": gate.regression}
    return {name: interval_bar(one.difference, margins[name]) for name, one in pairs.items() if one}


def _jobs(shown: Version, compared: list[Version], dataset) -> list:
    merge = shown.merge_jobs.first()
    is_open = merge and merge.state not in (MergeJob.State.DONE, MergeJob.State.CANCELLED)
    answers = AnswerJob.objects.active().filter(version__in=compared).select_related("version", "dataset")
    scores = ScoreJob.objects.active().filter(dataset=dataset).select_related("dataset")
    return [*([merge] if is_open else []), *answers, *scores]
