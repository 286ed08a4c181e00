"""The manager's page of a round: how far it is, what its annotators do, and what becomes of it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.agreement.drawn import preferences_drawn
from review.agreement.kept import job_of, shown_of
from review.agreement.readings import reading_of
from review.models import Round
from review.rounds.deadlines import forecast_of
from training.labels.latest import sync_latest
from training.models import Label

WRITTEN = (Label.Origin.CORRECTION, Label.Origin.BY_HAND)
SHOWN = 20


@require_safe
@role_required(MANAGER)
def round_page(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round.objects.with_start().select_related("dataset"), pk=pk)
    waiting_for_labels = sync_latest()
    labels = Label.objects.filter(round=round_)
    context = {
        "round": round_,
        "forecast": forecast_of(round_, round_.started_at, timezone.now()) if round_.is_open else None,
        "making": round_.make_jobs.active().first() or round_.make_jobs.filter(state="failed").first(),
        "participations": round_.participations.select_related("annotator", "round"),
        "skips": round_.skips.select_related("annotator")[:SHOWN],
        "corrections": labels.filter(origin__in=WRITTEN).select_related("turn", "author", "revision")[:SHOWN],
        "waiting_for_labels": waiting_for_labels,
        "taught": Label.objects.taught_by(round_).by_origin(),
        **_figures(request, round_),
    }
    return page_or_fragment(request, "ecc_site/round.html", "ecc_site/_round.html", context)


def _figures(request: Request, round_: Round) -> dict:
    """Preferences, agreement and pace, where they are known, and the job that works them out."""
    shown = shown_of(round_)
    found, context = shown.found, {"shown": shown, "figures_job": job_of(round_, shown, request.user)}
    if found is None:
        return context
    return {
        **context,
        "figures": found.figures,
        "reading": reading_of(found.figures.nominal),
        **preferences_drawn(round_, found),
        "pace": {of.annotator: of for of in found.annotators},
    }
