"""The pages of an import: upload, preview with its choices, start, progress, report, undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.forms import FIELD_LABELS, ROLE_LABELS, STEP_LABELS, ChoicesForm, UploadForm
from dialogues.importing.formats import FORMATS, left_out_in_words
from dialogues.importing.preview import preview_of
from dialogues.importing.records import RawDialogue
from dialogues.importing.report import CHARACTER_BINS, TURN_BINS
from dialogues.importing.texts import storable
from dialogues.models import ImportJob, ProblemLine, UndoJob
from dialogues.uploads import store_upload
from ecc_site.core.downloads import csv_download
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.language import Language
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from serving.redacted import in_words

SHOWN, TURNS, LAST = 6, 12, 20


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def upload(request: Request) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        job = ImportJob.objects.create(
            state=ImportJob.State.DRAFT,
            created_by=request.user,
            path=str(store_upload(file)),
            file_name=Path(file.name).name[:200],
            **{name: form.cleaned_data[name] for name in ("dataset_name", "never_leaves")},
        )
        return redirect("dialogues:import", job.pk)
    jobs = ImportJob.objects.exclude(state=ImportJob.State.DRAFT)[:LAST]
    return render(request, "dialogues/upload.html", {"form": form, "jobs": jobs, "formats": FORMATS.values()})


@require_safe
@role_required(MANAGER)
def show(request: Request, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    if job.state == ImportJob.State.DRAFT:
        return _show_draft(request, job, ChoicesForm(instance=job))
    context = {"job": job, "dataset": job.dataset, "problems": job.problems.all(), **_report(job)}
    context["undo"] = job.undos.first()
    return page_or_fragment(request, "dialogues/import.html", "dialogues/_import.html", context)


@require_POST
@role_required(MANAGER)
def choose(request: Request, pk: int) -> HttpResponse:
    """Keep what was chosen, and show what would come of it."""
    job = get_object_or_404(ImportJob, pk=pk, state=ImportJob.State.DRAFT)
    form = ChoicesForm(request.POST, instance=job)
    if form.is_valid():
        form.save()
        if not request.htmx:
            return redirect("dialogues:import", pk)
        form = ChoicesForm(instance=job)
    return _show_draft(request, job, form)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def start(request: Request, pk: int) -> HttpResponse:
    """Keep what was chosen, if the form is there, and import.

    A form with errors stays at this address, to which another language leads back.
    """
    job = get_object_or_404(ImportJob, pk=pk)
    if request.method != "POST":
        return redirect("dialogues:import", pk)
    if job.state == ImportJob.State.DRAFT and "dataset_name" in request.POST:
        form = ChoicesForm(request.POST, instance=job)
        if not form.is_valid():
            return _show_draft(request, job, form)
        form.save()
    job.start()
    return redirect("dialogues:import", pk)


@require_POST
@role_required(MANAGER)
def undo(request: Request, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    if not job.can_be_undone:
        messages.error(request, _("Nothing of this import is left to undo."))
    else:
        UndoJob.objects.enqueue_once(import_job=job, created_by=request.user)
    return redirect("dialogues:import", pk)


@require_safe
@role_required(MANAGER)
def problems(request: Request, pk: int) -> StreamingHttpResponse:
    """Every line with a problem, as CSV."""
    job = get_object_or_404(ImportJob, pk=pk)
    return csv_download(_problem_rows(job), f"import-{pk}-problems.csv", by=request.user)


def _problem_rows(job: ImportJob) -> Iterator[tuple[object, ...]]:
    yield "file", "line", "problem"
    sentences = {problem.pk: str(problem) for problem in job.problems.all()}
    lines = ProblemLine.objects.filter(problem__job=job).order_by("pk")
    for place, line, problem in lines.values_list("place", "line", "problem_id").iterator(2000):
        yield place or job.file_name, line, sentences[problem]


def _show_draft(request: Request, job: ImportJob, form: ChoicesForm) -> HttpResponse:
    context: dict[str, Any] = {"job": job, "dataset": job.dataset, "form": form}
    if Path(job.path).is_file():
        preview = preview_of(job.task.upload, job.task.rules)
        context |= {
            "preview": preview,
            "sample": [dialogue.turns[:TURNS] for dialogue in preview.dialogues[:SHOWN]],
            "unread": [_shown(raw) for raw in preview.unread] if not preview.dialogues else [],
            "fields": [(name, FIELD_LABELS[name], column) for name, column in preview.fields.items()],
            "roles": ROLE_LABELS.items(),
            "cleaning": _cleaning(preview.report.counts.as_json()),
        }
    return page_or_fragment(request, "dialogues/import.html", "dialogues/_draft.html", context)


def _shown(raw: RawDialogue) -> list[tuple[str, str]]:
    """Who said what in a dialogue that cannot be used yet."""
    return [(storable(turn.role)[:60], storable(turn.text)[:500]) for turn in raw.turns[:TURNS]]


def _report(job: ImportJob) -> dict[str, Any]:
    """The parts of the stored report, with words for its keys and a share of the largest for each bar."""
    read, kept = job.report.get("read", {}), job.report.get("kept", {})
    languages = dict(Language.choices)
    return {
        "numbers": read.get("numbers", {}),
        "kept_turns": kept.get("turn_count", 0),
        "cleaning": _cleaning(read.get("steps", {})),
        "left_out": [(left_out_in_words(name), count) for name, count in read.get("left_out", {}).items()],
        "redacted": in_words(read.get("redacted", {})),
        "languages": [(languages.get(name, name), count) for name, count in kept.get("languages", {}).items()],
        "replies": kept.get("replies", ()),
        "lengths": _bars(kept.get("turns", ()), TURN_BINS),
        "characters": _bars(kept.get("characters", ()), CHARACTER_BINS),
    }


def _cleaning(steps: dict[str, Any]) -> list[tuple[Any, int, list[list[str]]]]:
    return [(STEP_LABELS[name], row["count"], row["examples"]) for name, row in steps.items()]


def _bars(counts: list[int], bounds: tuple[int, ...]) -> list[tuple[str, int, int]]:
    """For each bin its label, its count, and the count in percent of the largest."""
    if not any(counts):
        return []
    labels = [_bin_label(low, high) for low, high in zip(bounds, (*bounds[1:], None), strict=True)]
    return [(label, count, round(100 * count / max(counts))) for label, count in zip(labels, counts, strict=True)]


def _bin_label(low: int, high: int | None) -> str:
    if high is None:
        return f"≥ {low}"
    return str(low) if high == low + 1 else f"{low}–{high - 1}"
