"""The score page: how good the end answers are, by Eq. 1."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dialogues.models import Dataset, Turn
from ecc_site.core.charts import as_json
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from scoring import charts
from scoring.comparing import beside_baseline, select, summaries_of
from scoring.forms import ProfileForm, ScoreFilter
from scoring.models import Profile, ProfileJob, Score, ScorerSet

WORST = 25
REVISIONS = 10


def chosen_filter(request: Request, scorer_set: ScorerSet | None) -> ScoreFilter:
    """What the address chooses; without a choice the newest scores."""
    newest = Score.objects.filter(scorer_set=scorer_set).most_recent_choice() if scorer_set else {}
    return ScoreFilter(newest | {name: value for name, value in request.GET.items() if value})


@require_safe
@role_required(MANAGER)
def scores(request: Request) -> HttpResponse:
    scorer_set = ScorerSet.objects.current()
    form = chosen_filter(request, scorer_set)
    context = {"form": form, "scorer_set": scorer_set, "has_datasets": Dataset.objects.exists()}
    if scorer_set and {"dataset", "kind"} <= form.values.keys():
        context |= _figures(scorer_set, form.values, request.GET.get("after", ""))
    return page_or_fragment(request, "scoring/scores.html", "scoring/_scores.html", context)


def _figures(scorer_set: ScorerSet, chosen: dict, cursor: str) -> dict:
    dataset, split = chosen["dataset"], chosen.get("split", "")
    profile = Profile.objects.active_for(dataset, scorer_set)
    selection = select(scorer_set, **chosen)
    scored = selection.under(profile.parameters)
    found = summaries_of(scored.versions, Turn.objects.wanted_in(dataset, split))
    pairs = beside_baseline(selection, scored.final, found)
    histograms = {found[row.version].name: row.histogram for row in scored.versions}
    summaries = list(found.values())
    return _profiles(profile) | {
        "profile": profile,
        "summaries": summaries,
        "pairs": pairs,
        "distribution": as_json(charts.distribution(histograms, profile.threshold)),
        "means": as_json(charts.differences(pairs) if pairs else charts.means(summaries)),
        "page": keyset_page(_listed(scorer_set, chosen).worst_first(), ("final", "id"), cursor, WORST),
    }


def _listed(scorer_set: ScorerSet, chosen: dict):
    own = {name: chosen[name] for name in ("dataset", "kind", "version", "split") if name in chosen}
    return Score.objects.of(scorer_set, **own).within(
        language=chosen.get("language"), since=chosen.get("since"), until=chosen.get("until")
    )


def _profiles(profile: Profile) -> dict:
    values = {name: getattr(profile, name) for name in ("alpha", "theta", "threshold")}
    history = Profile.objects.filter(dataset=profile.dataset, scorer_set=profile.scorer_set)
    return {
        "save": ProfileForm(initial=values | {"dataset": profile.dataset_id}),
        "revisions": history.select_related("author")[:REVISIONS],
        "applying": ProfileJob.objects.active().filter(dataset=profile.dataset).select_related("dataset"),
    }
