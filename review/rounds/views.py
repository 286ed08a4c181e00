"""The annotators' list of open rounds, and the pages on which managers make and change rounds."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.models import Comparison, Dataset
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request, ids_of
from ecc_site.core.roles import ANNOTATOR, MANAGER, role_required
from review.models import Round
from review.rounds.changing import NotEmpty, delete, save_changes, set_open
from review.rounds.fields import MOST_CHOSEN
from review.rounds.forms import EditRoundForm, RoundForm, initial_of
from review.rounds.making import NothingToReview, make_round
from review.rounds.preview import preview
from scoring.models import Score, ScorerSet
from serving.models import Version

SHOWN = 50
AFTER = {"scores": Round.Scores.AFTER}  # who has the score in sight is led by it


@require_safe
@role_required(ANNOTATOR)
def queue(request: Request) -> HttpResponse:
    rounds = Round.objects.open().for_reviewer(request.user).by_urgency().select_related("dataset")
    page = keyset_page(rounds, ("due", "newness"), request.GET.get("after", ""), SHOWN)
    return render(request, "review/queue.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def new(request: Request, dataset: int) -> HttpResponse:
    """The form of a new round, with `?like=ROUND` filled in as that one was; `preview` only says how large it is."""
    reviewed = get_object_or_404(Dataset, pk=dataset)
    if request.method != "POST":
        named = _named(request)
        chosen = _those_of(reviewed, named)
        if "back" in request.GET and not chosen:
            nothing_ticked = _("Tick the comparisons that are to be reviewed first.")
            not_here = _("None of these comparisons is of this dataset.")
            messages.error(request, not_here if named else nothing_ticked)
            return redirect(f"{reverse('scores:room')}?{request.GET['back']}#list")
        if left_out := len(named) - len(chosen):
            messages.warning(request, _("Left out, because this dataset has no such comparison: %s.") % left_out)
        return _form(request, RoundForm(initial=_suggested(request, reviewed, chosen), dataset=reviewed))
    form = RoundForm(request.POST, dataset=reviewed)
    if "preview" in request.POST:
        found = preview(form.round(), form.selection) if form.is_valid() else None
        return render(request, "review/_preview.html", {"preview": found, "form": form})
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        made = make_round(form.round(), form.selection, request.user, list(form.cleaned_data["annotators"]))
    except NothingToReview as error:
        form.add_error(None, str(error))
        return _form(request, form, status=422)
    return redirect("round", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def edit(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round, pk=pk)
    form = EditRoundForm(request.POST if request.method == "POST" else None, instance=round_)
    if form.is_valid():
        save_changes(form.instance, list(form.cleaned_data["annotators"]), request.user)
        return redirect("round", pk)
    status = 422 if form.errors else 200
    return render(request, "review/edit_round.html", {"round": round_, "form": form}, status=status)


@require_POST
@role_required(MANAGER)
def change(request: Request, pk: int) -> HttpResponse:
    """Close, reopen, or delete while it is empty."""
    round_ = get_object_or_404(Round.objects.select_related("dataset"), pk=pk)
    act = request.POST.get("act")
    if act in ("close", "reopen"):
        set_open(round_, act == "reopen", request.user)
    elif act == "delete":
        try:
            delete(round_, request.user)
        except NotEmpty as refused:
            messages.error(request, str(refused))
            return redirect("round", pk)
        messages.success(request, _("“%(round)s” is deleted.") % {"round": round_})
        return redirect("dataset", round_.dataset_id)
    return redirect("round", pk)


def _form(request: Request, form: RoundForm, status: int = 200) -> HttpResponse:
    return render(request, "review/new_round.html", {"form": form, "dataset": form.dataset}, status=status)


def _suggested(request: Request, reviewed: Dataset, chosen: list[int]) -> dict:
    """What was drawn by chance or chosen by hand, or as the round that is named, else the worst answers of the champion
    beside the kind that has most scores.
    """
    if drawn := request.GET.get("draw", ""):
        name = _("drawn at random")
        return {"name": f"{reviewed} · {name}", "drawn": drawn, "sides": Round.Sides.RANDOM, **AFTER}
    if chosen:
        return _chosen_by_hand(reviewed, chosen)
    like_it = Round.objects.filter(pk__in=ids_of(request.GET.getlist("like")), dataset=reviewed).first()
    if like_it and like_it.selection:
        return initial_of(like_it)
    kinds = Score.objects.kinds_of(reviewed, ScorerSet.objects.current())
    return {
        "name": f"{reviewed} · {_('worst first')}",
        "versions": [Version.objects.champion()],
        "kind": max(kinds, key=lambda kind: kinds[kind]) if kinds else "cloud",
        "sides": Round.Sides.RANDOM,
    }


def _named(request: Request) -> list[int]:
    """Ids of the comparisons that the address names."""
    return ids_of(request.GET.getlist("comparison"))[:MOST_CHOSEN]


def _those_of(reviewed: Dataset, named: list[int]) -> list[int]:
    """Those that the dataset has, in the same order."""
    found = set(Comparison.objects.filter(dataset=reviewed, pk__in=named).values_list("pk", flat=True))
    return [pk for pk in named if pk in found]


def _chosen_by_hand(reviewed: Dataset, chosen: list[int]) -> dict:
    """Of the purpose and the kind that most of them have."""
    found = Comparison.objects.filter(pk__in=chosen).values_list("split", "kind")
    splits, kinds = Counter(split for split, _kind in found), Counter(kind for _split, kind in found)
    measures = splits["test"] > splits.total() / 2
    return {
        "name": f"{reviewed} · {_('chosen by hand')}",
        "comparisons": chosen,
        "purpose": Round.Purpose.MEASURE if measures else Round.Purpose.TEACH,
        "kind": kinds.most_common(1)[0][0] if kinds else "human",
        "sides": Round.Sides.RANDOM,
    }
