"""Exports of a round: the form, the list of those that were made, and their files."""

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from dialogues.models import Dialogue
from ecc_site.core.downloads import as_download
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.exports.formats import FORMATS, file_name
from review.exports.formats.base import REASONS
from review.exports.formats.verdicts import VerdictsAsTable
from review.exports.forms import ExportForm
from review.exports.judged import batches
from review.exports.part import Part
from review.models import Assignment, ExportJob, Round, Tag, Verdict

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/x-ndjson"}
SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def exports(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round.objects.select_related("dataset"), pk=pk)
    form = ExportForm(round_, request.POST if request.method == "POST" else None, initial=request.GET.dict())
    if form.is_valid():
        start_once(request, ExportJob, round=round_, **form.values)
        return redirect("review:exports", round_.pk)
    return page_or_fragment(request, "review/exports.html", "review/_exports.html", _context(request, round_, form))


@require_safe
@role_required(MANAGER)
def export_file(request: Request, pk: int) -> FileResponse:
    job = get_object_or_404(ExportJob.objects.select_related("round"), pk=pk)
    format_ = FORMATS.get(job.format)
    if format_ is None or not job.is_ready:
        raise Http404
    response = FileResponse(job.file.open("rb"), content_type=TYPES[format_.ending])
    return as_download(response, file_name(format_, job.round), by=request.user, detail=str(job.round))


@require_safe
@role_required(MANAGER)
def verdicts_csv(request: Request, pk: int) -> StreamingHttpResponse:
    """The verdicts of a round at once, under an address that other programs can keep."""
    round_ = get_object_or_404(Round, pk=pk)
    text = VerdictsAsTable().text(batches(Verdict.objects.active().filter(round=round_)))
    response = StreamingHttpResponse(text, content_type=TYPES["csv"])
    return as_download(response, file_name(VerdictsAsTable, round_), by=request.user, detail=str(round_))


def _context(request: Request, round_: Round, form: ExportForm) -> dict[str, Any]:
    jobs = round_.exports.select_related("round", "annotator", "created_by")
    page = keyset_page(jobs, ("-id",), request.GET.get("after", ""), SHOWN)
    return {
        "round": round_,
        "form": form,
        "page": page,
        "exports": [(job, part, _left_out(job)) for job, part in _with_parts(page.rows)],
        "kept_days": ExportJob.KEPT_S // (24 * 3600),
        "never_leaves": _count_never_leaving(round_),
    }


def _with_parts(jobs: Sequence[ExportJob]) -> list[tuple[ExportJob, list[str]]]:
    """Each with what its part leaves out, in words."""
    parts = [(job, Part.of_json(job.part)) for job in jobs]
    tags = Tag.objects.in_bulk([part.tag for _, part in parts if part.tag])
    return [(job, part.words(tags)) for job, part in parts]


def _left_out(job: ExportJob) -> list[tuple[str, int]]:
    """How many verdicts made no record, by the reason in words."""
    return [(str(REASONS[reason]), count) for reason, count in job.left_out.items() if reason in REASONS]


def _count_never_leaving(round_: Round) -> int:
    """How many dialogues of the round must not go to a cloud model."""
    if round_.dataset.never_leaves:
        return round_.dialogue_count
    marked = Dialogue.objects.filter(dataset=round_.dataset, never_leaves=True)
    return Assignment.objects.filter(dialogue__in=marked, round=round_, n=1).count()  # the first of each dialogue
