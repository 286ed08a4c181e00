"""α, Θ and the threshold tried: what would change, at once and over all scores; and saved as a profile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.charts import as_json
from ecc_site.core.form_errors import problem_of
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from scoring import charts, profiles
from scoring.comparing import select, summaries_of
from scoring.figures.parameters import Parameters
from scoring.figures.sweeps import over_alpha, over_theta
from scoring.figures.trial import try_out
from scoring.forms import ParametersForm, ProfileForm
from scoring.models import Profile, Score, ScorerSet
from scoring.views.scores import chosen_filter

NAMED = 25  # answers that change sides


@require_safe
@role_required(MANAGER)
def what_if(request: Request) -> HttpResponse:
    """A fragment of the score page."""
    scorer_set = ScorerSet.objects.current()
    chosen, form = chosen_filter(request, scorer_set).values, ParametersForm(request.GET)
    if scorer_set is None or not {"dataset", "kind"} <= chosen.keys():
        return HttpResponse(status=404)
    if not form.is_valid():
        return render(request, "scoring/_what_if_problem.html", {"problem": problem_of(form)}, status=422)
    return render(request, "scoring/_what_if.html", _trial(scorer_set, chosen, form.parameters))


def _trial(scorer_set: ScorerSet, chosen: dict, tried: Parameters) -> dict:
    profile = Profile.objects.active_for(chosen["dataset"], scorer_set)
    columns, groups = select(scorer_set, **chosen)
    trial = try_out(columns, groups, Parameters.of(profile), tried, NAMED)
    names = {pk: summary.name for pk, summary in summaries_of(trial.now, 0).items()}
    shown = [i for i, pk in enumerate(groups.versions) if pk in names]
    by_name = {names[row.version]: row.histogram for row in trial.tried if row.total}
    alphas, thetas = over_alpha(columns, groups, tried), over_theta(columns, groups, tried)
    versions = [names[groups.versions[i]] for i in shown]
    return {
        "profile": profile,
        "trial": trial,
        "rows": [
            (names[now.version], now, then) for now, then in zip(trial.now, trial.tried, strict=True) if now.total
        ],
        "is_active": tried == Parameters.of(profile),
        "distribution": as_json(charts.distribution(by_name, tried.threshold)),
        "over_alpha": as_json(charts.sweep(dict(zip(versions, alphas[shown], strict=True)), tried.alpha, "α")),
        "over_theta": as_json(charts.sweep(dict(zip(versions, thetas[shown], strict=True)), tried.theta, "Θ")),
        "changed": _changed(trial.changed, tried),
    }


def _changed(ids: list[int], tried: Parameters) -> list[tuple[Score, float, bool]]:
    """The scores in this order, each with its final score as tried, and whether that is acceptable."""
    rows = Score.objects.with_texts().in_bulk(ids)
    finals = [(rows[pk], tried.of_row(rows[pk])) for pk in ids if pk in rows]
    return [(row, final, final >= tried.threshold) for row, final in finals]


@require_POST
@role_required(MANAGER)
def save(request: Request) -> HttpResponse:
    form = ProfileForm(request.POST)
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None or not form.is_valid():
        messages.error(request, problem_of(form) if scorer_set else _("Nothing has been scored yet."))
        return redirect("scoring:scores")
    values = {name: form.cleaned_data[name] for name in ("alpha", "theta", "threshold", "name", "reason")}
    dataset = form.cleaned_data["dataset"]
    profile = profiles.change(dataset, scorer_set, request.user, **values)
    messages.success(request, _("Revision %(revision)s is active.") % {"revision": profile.revision})
    return redirect(f"{reverse('scoring:scores')}?dataset={dataset.pk}")


@require_POST
@role_required(MANAGER)
def take_again(request: Request, pk: int) -> HttpResponse:
    """Undo: an earlier revision becomes active again, as a new one."""
    earlier = get_object_or_404(Profile, pk=pk, scorer_set=ScorerSet.objects.current())
    profile = profiles.take_again(earlier, request.user)
    messages.success(request, _("Revision %(revision)s is active.") % {"revision": profile.revision})
    return redirect(f"{reverse('scoring:scores')}?dataset={earlier.dataset_id}")
