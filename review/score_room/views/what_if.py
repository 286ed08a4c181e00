"""α, Θ and the threshold tried: what would change, at once and over all scores; and saved as a profile."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.charts import as_json
from ecc_site.core.form_errors import problem_of
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.score_room.forms import ParametersForm, ProfileForm
from review.score_room.room import Room, filter_of, room_of
from review.score_room.unsaved import keep_unsaved
from scoring import charts, profiles
from scoring.figures.trial import changes
from scoring.models import Profile, Score, ScorerSet
from scoring.parameters import Parameters

NAMED = 25  # answers that change sides
PROBLEM = "review/score_room/_what_if_problem.html"


@require_safe
@role_required(MANAGER)
def what_if(request: Request) -> HttpResponse:
    """A fragment of the score page. What the address leaves out is as in the active profile."""
    scorer_set = ScorerSet.objects.current()
    room = room_of(request, scorer_set, filter_of(request, scorer_set))
    if room is None:
        return render(request, PROBLEM, {"problem": _("Nothing has been scored yet.")})
    form = ParametersForm(asdict(room.profile.parameters) | request.GET.dict())
    if not form.is_valid():
        return render(request, PROBLEM, {"problem": problem_of(form)}, status=422)
    return render(request, "review/score_room/_what_if.html", _trial(room, form.parameters))


def _trial(room: Room, tried: Parameters) -> dict:
    selection = room.selection
    now, then = room.scored, selection.under(tried)
    found = changes(selection.columns.ids, now, then, NAMED)
    names = list(room.names.values())
    histograms = [row.histogram for row in then.versions]
    alphas, thetas = selection.curves.over_alpha(tried.theta), selection.curves.over_theta(tried.alpha)
    return {
        "profile": room.profile,
        "changes": found,
        "rows": list(zip(names, now.versions, then.versions, strict=True)),
        "is_active": tried == now.parameters,
        "distribution": as_json(charts.distribution(dict(zip(names, histograms, strict=True)), tried.threshold)),
        "over_alpha": as_json(charts.curves(dict(zip(names, alphas, strict=True)), tried.alpha, "α")),
        "over_theta": as_json(charts.curves(dict(zip(names, thetas, strict=True)), tried.theta, "Θ")),
        "changed": _changed(found.ids, tried),
    }


def _changed(ids: list[int], tried: Parameters) -> list[tuple[Score, float, bool]]:
    """The scores in this order, each with its final score as tried, and whether that is acceptable."""
    rows = Score.objects.with_texts().in_bulk(ids)
    finals = [(rows[pk], rows[pk].final_under(tried)) for pk in ids if pk in rows]
    return [(row, final, final >= tried.threshold) for row, final in finals]


@require_POST
@role_required(MANAGER)
def save(request: Request) -> HttpResponse:
    """What cannot be saved stays in the form: the page is opened again with it."""
    form = ProfileForm(request.POST)
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None or not form.is_valid():
        messages.error(request, problem_of(form) if scorer_set else _("Nothing has been scored yet."))
        keep_unsaved(request, {name: request.POST.get(name, "") for name in form.fields})
        return _back(request, request.POST.get("dataset", ""))
    values = {name: form.cleaned_data[name] for name in ("alpha", "theta", "threshold", "name", "reason")}
    dataset = form.cleaned_data["dataset"]
    profile = profiles.change(dataset, scorer_set, request.user, **values)
    messages.success(request, _("Revision %(revision)s is active.") % {"revision": profile.revision})
    return _back(request, str(dataset.pk))


def _back(request: Request, dataset: str) -> HttpResponse:
    """To the score room of the dataset, else as it was."""
    asked = QueryDict(request.META["QUERY_STRING"], mutable=True)
    asked["dataset"] = dataset
    return redirect(f"{reverse('scores:room')}?{asked.urlencode()}#what-if")


@require_POST
@role_required(MANAGER)
def take_again(request: Request, pk: int) -> HttpResponse:
    """Undo: an earlier revision becomes active again, as a new one."""
    earlier = get_object_or_404(Profile, pk=pk, scorer_set=ScorerSet.objects.current())
    profile = profiles.take_again(earlier, request.user)
    messages.success(request, _("Revision %(revision)s is active.") % {"revision": profile.revision})
    return _back(request, str(earlier.dataset_id))
