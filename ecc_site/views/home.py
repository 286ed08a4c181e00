"""The first page: a queue for annotators, an overview for managers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogues.models import Dataset, ImportJob
from ecc_site.core.job_list import recent_failures
from ecc_site.core.roles import MANAGER, has_role
from review.models import Round
from review.rounds.deadlines import forecast_of
from scoring.models import ScorerSet
from serving.models import Version

SHOWN = 50


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def home(request: HttpRequest) -> HttpResponse:
    if not has_role(request.user, MANAGER):
        return redirect("review:queue")
    rounds, now = Round.objects.open().urgent_first().with_start()[:SHOWN], timezone.now()
    context = {
        "datasets": Dataset.objects.prefetch_related("coverages__version")[:SHOWN],
        "failures": recent_failures(),
        "imports": ImportJob.objects.active()[:SHOWN],
        "rounds": rounds,
        "forecasts": {round_.pk: forecast_of(round_, round_.started_at, now) for round_ in rounds},
        "champion": Version.objects.champion(),
        "cloud": Version.objects.configured_cloud(),
        "scorer_set": ScorerSet.objects.current(),
    }
    return render(request, "ecc_site/home.html", context)
