"""The score room: filters, tiles, one figure a tab, what if, and the comparisons behind what was clicked."""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from dialogues.models import Dataset
from ecc_site.core.charts import as_json
from ecc_site.core.downloads import csv_download
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.score_room.forms import ParametersForm, ProfileForm
from review.score_room.listing import file_rows, listing_of
from review.score_room.parts import words_of
from review.score_room.room import Room, filter_of, remember, room_of
from review.score_room.tabs import FIRST, TABS, Tab
from review.score_room.unsaved import take_unsaved
from scoring.models import Profile, ProfileJob, ScorerSet

REVISIONS = 10
PAGE, FRAGMENT = "review/score_room/page.html", "review/score_room/_page.html"


@require_safe
@role_required(MANAGER)
def room(request: Request) -> HttpResponse:
    scorer_set = ScorerSet.objects.current()
    form = filter_of(request, scorer_set)
    found = room_of(request, scorer_set, form)
    context = {"form": form, "scorer_set": scorer_set, "has_datasets": Dataset.objects.exists()}
    if found and found.summaries:
        unsaved = take_unsaved(request, found.dataset.pk)
        context |= _figures(found, _tab(request)) | _profiles(found, request.GET.dict() | unsaved)
        context |= _list(found, request.GET.get("after", ""))
    shown = page_or_fragment(request, PAGE, FRAGMENT, context)
    if found:
        remember(request, form)
    return shown


@require_safe
@role_required(MANAGER)
def figure_file(request: Request, name: str) -> StreamingHttpResponse:
    """The rows of a figure as CSV."""
    found = _found(request)
    drawn = TABS[name].draw(found) if found and name in TABS else None
    rows = [drawn.columns, *(row.cells for row in drawn.rows)] if drawn else []
    return csv_download(rows, f"scores-{name}.csv", by=request.user)


@require_safe
@role_required(MANAGER)
def list_file(request: Request) -> StreamingHttpResponse:
    """The comparisons of the list as CSV, all of them."""
    found = _found(request)
    return csv_download(file_rows(found) if found else [], "comparisons.csv", by=request.user)


def _found(request: Request) -> Room | None:
    """What a file is about. Raises Http404 for a dataset that is not there: a page shows another one and says which."""
    scorer_set = ScorerSet.objects.current()
    form, asked = filter_of(request, scorer_set), request.GET.get("dataset")
    if asked and asked != str(getattr(form.values.get("dataset"), "pk", "")):
        raise Http404
    return room_of(request, scorer_set, form)


def _tab(request: Request) -> Tab:
    return TABS.get(request.GET.get("tab", ""), TABS[FIRST])


def _figures(found: Room, tab: Tab) -> dict[str, Any]:
    drawn = tab.draw(found)
    return {
        "room": found,
        "profile": found.profile,
        "summaries": found.summaries,
        "tabs": TABS.values(),
        "tab": tab,
        "drawn": drawn,
        "figure": as_json(drawn.figure) if drawn.figure else None,
    }


def _list(found: Room, cursor: str) -> dict[str, Any]:
    return {"listing": listing_of(found, cursor), "part": found.part, "part_words": words_of(found)}


def _typed(asked: dict[str, Any]) -> dict[str, str]:
    """What somebody wrote to a profile that could not be saved."""
    return {name: asked[name] for name in ("name", "reason") if name in asked}


def _profiles(found: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """With the sliders where the address says, else as in the active profile."""
    profile, active = found.profile, asdict(found.profile.parameters)
    tried = ParametersForm(active | asked)
    values = asdict(tried.parameters) if tried.is_valid() else active
    history = Profile.objects.filter(dataset=profile.dataset, scorer_set=profile.scorer_set)
    return {
        "save": ProfileForm(initial={**_typed(asked), **values, "dataset": profile.dataset_id}),
        "tries": values != active,
        "revisions": history.select_related("author")[:REVISIONS],
        "applying": ProfileJob.objects.active().filter(dataset=profile.dataset).select_related("dataset"),
    }
