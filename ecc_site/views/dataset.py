"""One dataset with all that can be done to it: answers, scores, review."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues.models import AnswerJob, Dataset
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.roles import MANAGER, role_required
from review.forms import RoundForm
from review.rounds import NothingToReview, make_round
from scoring.models import Score, ScoreJob, ScorerSet
from serving.models import Version

SHOWN = 10


@require_safe
@role_required(MANAGER)
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(Dataset, pk=pk))


@require_POST
@role_required(MANAGER)
def work(request: HttpRequest, pk: int) -> HttpResponse:
    """Start answers by the end model, by the cloud model, scores, or all three in that order."""
    target = get_object_or_404(Dataset, pk=pk)
    wanted = request.POST.get("work", "")
    Version.objects.register_configured()
    if wanted in ("end", "all"):
        start_once(request, AnswerJob, dataset=target, version=Version.objects.champion())
    if wanted in ("cloud", "all") and not target.never_leaves:
        start_once(request, AnswerJob, dataset=target, version=Version.objects.configured_cloud())
    if wanted in ("scores", "all"):
        ScoreJob.objects.ask(dataset=target, created_by=request.user)
    return redirect("dataset", pk)


@require_POST
@role_required(MANAGER)
def send_to_review(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(Dataset, pk=pk)
    form = RoundForm(request.POST)
    if not form.is_valid():
        return _show(request, target, form)
    try:
        made = make_round(form.spec(target), request.user)
    except NothingToReview as nothing:
        form.add_error(None, str(nothing))
        return _show(request, target, form)
    messages.success(
        request, _("“%(name)s” has %(count)s comparisons to review.") % {"count": made.item_count, "name": made}
    )
    return redirect("dataset", pk)


def _show(request: HttpRequest, target: Dataset, form: RoundForm | None = None) -> HttpResponse:
    kinds = Score.objects.kinds_of(target, ScorerSet.objects.current())
    suggested = {"name": f"{target} · {_('worst first')}", "version": Version.objects.champion()}
    suggested["kind"] = max(kinds, key=kinds.get) if kinds else "cloud"
    context = {
        "dataset": target,
        "coverages": target.coverages.select_related("version"),
        "jobs": [*target.answer_jobs.select_related("version")[:SHOWN], *target.score_jobs.all()[:SHOWN]],
        "scored": kinds,
        "rounds": target.rounds.all()[:SHOWN],
        "form": form or RoundForm(initial=suggested),
    }
    context["jobs"].sort(key=lambda job: job.created_at, reverse=True)
    return page_or_fragment(request, "ecc_site/dataset.html", "ecc_site/_dataset.html", context)
