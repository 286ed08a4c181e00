"""Measures beside Eq. 1: what they say of each version's replies, and how far each goes with people; for managers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.charts import as_json
from ecc_site.core.downloads import csv_download
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.calibration.beside import satisfaction
from review.calibration.beside.charts import matrix
from review.calibration.beside.figures import BesideFigures
from review.calibration.beside.forms import MeasuresFilter
from review.calibration.beside.readings import BETTER, label_of, range_of, reading_of, reading_of_satisfaction
from review.calibration.beside.replies_file import HEAD, rows_of
from review.calibration.beside.working_out import MOST, SEED, SUBJECT
from review.calibration.kept import board_of, job_of, same_work
from review.calibration.material import Filter
from review.models import CalibrationJob, Tag
from review.tags.accuracy import accuracy_of
from scoring.measures.beside import MEASURES
from scoring.models import ScorerSet
from serving.models import Version

SOURCES = {satisfaction.NAME: satisfaction.SOURCE}  # of what is no measure of texts
PAGE, FRAGMENT = "review/calibration/measures.html", "review/calibration/_measures.html"


@require_safe
@role_required(MANAGER)
def measures(request: Request) -> HttpResponse:
    form, chosen = _asked(request)
    kinds = dict(Tag.Kind.choices)
    context: dict[str, Any] = {"form": form, "chosen": chosen}
    context["accuracies"] = [(label, accuracy_of(kind)) for kind, label in kinds.items()]
    if chosen:
        board = board_of(chosen, [SUBJECT])
        found: BesideFigures | None = board[SUBJECT].found
        context |= {"board": board, "calibration_job": job_of(board, request.user), "again": "review:work-out-measures"}
        context |= _in_words(found) if found and found.versions else {}
    return page_or_fragment(request, PAGE, FRAGMENT, context)


@require_POST
@role_required(MANAGER)
def work_out_again(request: Request) -> HttpResponse:
    form, chosen = _asked(request)
    if chosen:
        start_once(request, CalibrationJob, **same_work(chosen))
    return redirect(f"{reverse('review:calibration-measures')}?{form.query}")


@require_safe
@role_required(MANAGER)
def replies_csv(request: Request) -> StreamingHttpResponse:
    """Every measure of each reply that the means were worked out from."""
    _form, chosen = _asked(request)
    found: BesideFigures | None = board_of(chosen, [SUBJECT])[SUBJECT].found if chosen else None
    rows = rows_of(found.sample, chosen.scorer_set) if chosen and found else [HEAD]
    return csv_download(rows, "measures.csv", by=request.user)


def _asked(request: Request) -> tuple[MeasuresFilter, Filter | None]:
    """The filter bar, and what it chooses; None before anything was scored."""
    form, scorer_set = MeasuresFilter(request.GET.dict()), ScorerSet.objects.current()
    return form, form.chosen(scorer_set) if scorer_set else None


def _in_words(found: BesideFigures) -> dict[str, Any]:
    names = dict(Version.objects.filter(pk__in=[of.version for of in found.versions]).values_list("pk", "name"))
    versions = [(names[of.version], of) for of in found.versions if of.version in names]
    return {
        "figures": found,
        "reading": reading_of(found),
        "of_satisfaction": reading_of_satisfaction(found),
        "matrix": as_json(matrix(found)),
        "versions": versions,
        "rows": [_row(name, found, versions) for name in found.names],
        "most": MOST,
        "seed": SEED,
    }


def _row(name: str, found: BesideFigures, versions: list) -> dict[str, Any]:
    measure = MEASURES.get(name)
    return {
        "label": label_of(name),
        "people": found.people[name],
        "means": [(version, of.means[name]) for version, of in versions],
        "range": range_of(name),
        "better": BETTER[measure.more_is_better if measure else True],
        "source": measure.source if measure else SOURCES.get(name, ""),
        "words": measure.words if measure else "",
    }
