"""The first page: a queue for annotators, an overview for managers."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogues.models import Dataset, ImportJob
from ecc_site.core.fragments import page_or_fragment, wants_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, has_role
from ecc_site.overview.chosen import DatasetFilter, last_used
from ecc_site.overview.datasets import page_of_datasets
from ecc_site.overview.figures import Figures
from ecc_site.overview.kept import Shown, shown_of
from ecc_site.overview.lately import lately
from ecc_site.overview.sentence import sentence_of
from ecc_site.overview.to_do.listed import to_do
from ecc_site.overview.trend import trend_of
from review.models import Round
from review.rounds.deadlines import forecast_of
from scoring.models import ScorerSet
from serving.models import Version

SHOWN = 50


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def home(request: Request) -> HttpResponse:
    if not has_role(request.user, MANAGER):
        return redirect("review:queue")
    dataset, champion = last_used(request), Version.objects.champion()
    context = _figures(dataset, champion)
    if not wants_fragment(request):
        context |= _lists(request, champion)
    return page_or_fragment(request, "ecc_site/overview/overview.html", "ecc_site/overview/_figures.html", context)


def _figures(dataset: Dataset | None, champion: Version | None) -> dict[str, Any]:
    """Who answers customers and how well, in one dataset."""
    shown = shown_of(dataset) if dataset else Shown(None)
    figures = shown.found or Figures()
    drawn = [row.version for of in (figures.by_score.over_time, figures.by_people.over_time) for row in of.rows]
    versions = Version.objects.in_bulk({*drawn, figures.candidate or 0})
    return {
        "dataset": dataset,
        "form": DatasetFilter({"dataset": dataset.pk} if dataset else {}),
        "shown": shown,
        "sentence": sentence_of(shown.found, champion, versions),
        **trend_of(figures, champion, versions),
    }


def _lists(request: Request, champion: Version | None) -> dict[str, Any]:
    """What waits, and what there is."""
    rounds, now = Round.objects.open().urgent_first().with_start()[:SHOWN], timezone.now()
    return {
        "to_do": to_do(),
        "page": page_of_datasets(champion, request.GET.get("after", "")),
        "imports": ImportJob.objects.active()[:SHOWN],
        "rounds": rounds,
        "forecasts": {round_.pk: forecast_of(round_, round_.started_at, now) for round_ in rounds},
        "lately": lately(),
        "champion": champion,
        "cloud": Version.objects.configured_cloud(),
        "scorer_set": ScorerSet.objects.current(),
    }
