"""The score page: how good the end answers are, by Eq. 1."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dialogues.models import Dataset, Turn
from ecc_site.core.charts import as_json
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required
from scoring import charts
from scoring.comparing import shared_with_baseline, summaries_of
from scoring.forms import ScoreFilter
from scoring.models import Profile, Score, ScorerSet

WORST = 25


@require_safe
@role_required(MANAGER)
def scores(request: HttpRequest) -> HttpResponse:
    scorer_set = ScorerSet.objects.current()
    newest = Score.objects.filter(scorer_set=scorer_set).most_recent_choice() if scorer_set else {}
    form = ScoreFilter(newest | {name: value for name, value in request.GET.items() if value})
    chosen = form.values
    context = {"form": form, "scorer_set": scorer_set, "has_datasets": Dataset.objects.exists()}
    if newest and {"dataset", "kind"} <= chosen.keys():
        context |= _figures(scorer_set, chosen, request.GET.get("after", ""))
    return page_or_fragment(request, "scoring/scores.html", "scoring/_scores.html", context)


def _figures(scorer_set: ScorerSet, chosen: dict, cursor: str) -> dict:
    dataset, split = chosen["dataset"], chosen.get("split", "")
    profile = Profile.objects.active_for(dataset, scorer_set)
    rows = Score.objects.of(scorer_set, dataset, chosen["kind"], version=chosen.get("version"), split=split)
    found = summaries_of(rows, profile, Turn.objects.wanted_in(dataset, split))
    shared = shared_with_baseline(rows, profile, found)
    return {
        "profile": profile,
        "summaries": list(found.values()),
        "shared": shared,
        "distribution": as_json(charts.distribution(rows.histogram())),
        "means": as_json(charts.means(list(found.values()), shared)),
        "page": keyset_page(rows.worst_first(), ("final", "id"), cursor, WORST),
    }
