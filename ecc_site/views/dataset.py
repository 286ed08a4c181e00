"""The page of a dataset: its answers, scores, jobs and rounds, and the buttons that start more of them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from dialogues.models import AnswerJob, Dataset
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.jobs import Job
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.overview.chosen import use
from ecc_site.views.privacy import retention_of
from review.given import waiting
from review.models import TakeOverJob
from scoring.models import Profile, Score, ScoreJob, ScorerSet
from scoring.proposals import proposal_for
from serving.models import Version
from training.labels.latest import sync_latest
from training.models import Label

SHOWN = 10


@require_safe
@role_required(MANAGER)
def dataset(request: Request, pk: int) -> HttpResponse:
    shown = get_object_or_404(Dataset, pk=pk)
    use(request, shown)
    return _show(request, shown)


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


def _show(request: Request, target: Dataset) -> HttpResponse:
    waiting_for_labels = sync_latest()
    scorer_set = ScorerSet.objects.current()
    profile = Profile.objects.filter(dataset=target, scorer_set=scorer_set, active=True).first()
    context = {
        "dataset": target,
        "coverages": target.coverages.select_related("version"),
        "jobs": _latest_jobs(target),
        "scored": Score.objects.kinds_of(target, scorer_set),
        "proposal": proposal_for(profile) if profile else None,
        "taught": Label.objects.taught(target).by_origin(),
        "waiting_for_labels": waiting_for_labels,
        "retention": retention_of(target),
        "given": waiting(target),
        "rounds": target.rounds.all()[:SHOWN],
    }
    return page_or_fragment(request, "ecc_site/dataset.html", "ecc_site/_dataset.html", context)


def _latest_jobs(target: Dataset) -> list[Job]:
    jobs: list[Job] = [*target.answer_jobs.select_related("version")[:SHOWN], *target.score_jobs.all()[:SHOWN]]
    jobs += target.take_over_jobs.all()[:SHOWN]
    return sorted(jobs, key=lambda job: job.created_at, reverse=True)
