"""The page of a dataset: its answers, scores, jobs and rounds, and the buttons that start more of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues.models import AnswerJob, Dataset
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.jobs import Job
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.views.privacy import retention_of
from review.given import waiting
from review.models import TakeOverJob
from review.rounds.forms import RoundForm
from review.rounds.making import NothingToReview, make_round
from scoring.models import Score, ScoreJob, ScorerSet
from serving.models import Version
from training.labels.from_verdicts import sync_latest
from training.models import Label

SHOWN = 10


@require_safe
@role_required(MANAGER)
def dataset(request: Request, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(Dataset, pk=pk))


@require_POST
@role_required(MANAGER)
def work(request: Request, pk: int) -> HttpResponse:
    """Start answers by the end model, answers by the cloud model, scores, or all three in that order."""
    target = get_object_or_404(Dataset, pk=pk)
    kind = request.POST.get("work", "")
    Version.objects.register_configured()
    if kind in ("end", "all"):
        start_once(request, AnswerJob, dataset=target, version=Version.objects.champion())
    if kind in ("cloud", "all") and not target.never_leaves:
        start_once(request, AnswerJob, dataset=target, version=Version.objects.configured_cloud())
    if kind == "verdicts":
        start_once(request, TakeOverJob, dataset=target)
    if kind in ("scores", "all"):
        ScoreJob.objects.ask(dataset=target, created_by=request.user)
    return redirect("dataset", pk)


@require_POST
@role_required(MANAGER)
def send_to_review(request: Request, pk: int) -> HttpResponse:
    target = get_object_or_404(Dataset, pk=pk)
    form = RoundForm(request.POST)
    if not form.is_valid():
        return _show(request, target, form)
    try:
        round_ = make_round(form.spec(target), request.user)
    except NothingToReview as error:
        form.add_error(None, str(error))
        return _show(request, target, form)
    values = {"count": round_.item_count, "name": round_}
    messages.success(request, _("“%(name)s” has %(count)s comparisons to review.") % values)
    return redirect("dataset", pk)


def _show(request: Request, target: Dataset, form: RoundForm | None = None) -> HttpResponse:
    kinds = Score.objects.kinds_of(target, ScorerSet.objects.current())
    sync_latest()
    context = {
        "dataset": target,
        "coverages": target.coverages.select_related("version"),
        "jobs": _latest_jobs(target),
        "scored": kinds,
        "taught": Label.objects.taught(target).by_origin(),
        "retention": retention_of(target),
        "given": waiting(target),
        "rounds": target.rounds.all()[:SHOWN],
        "form": form or RoundForm(initial=_suggested_round(target, kinds)),
    }
    return page_or_fragment(request, "ecc_site/dataset.html", "ecc_site/_dataset.html", context)


def _latest_jobs(target: Dataset) -> list[Job]:
    jobs: list[Job] = [*target.answer_jobs.select_related("version")[:SHOWN], *target.score_jobs.all()[:SHOWN]]
    jobs += target.take_over_jobs.all()[:SHOWN]
    return sorted(jobs, key=lambda job: job.created_at, reverse=True)


def _suggested_round(target: Dataset, kinds: dict[str, int]) -> dict[str, Any]:
    """Initial values of the form; `kinds` says how many comparisons with each kind of reference have a score."""
    return {
        "name": f"{target} · {_('worst first')}",
        "version": Version.objects.champion(),
        "kind": max(kinds, key=lambda kind: kinds[kind]) if kinds else "cloud",
    }
