"""Verdicts of a round as CSV."""

from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ecc_site.core.downloads import as_download
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.core.spreadsheets import csv_lines
from review.models import Round, Verdict

COLUMNS = {
    "verdict": "pk",
    "round": "round__name",
    "annotator": "annotator__username",
    "dialogue": "item__dialogue_id",
    "turn": "comparison__turn_id",
    "customer": "comparison__turn__text",
    "end_model": "comparison__version__name",
    "end_answer": "comparison__end__text",
    "reference_kind": "comparison__kind",
    "reference_answer": "comparison__reference__text",
    "preference": "current__preference",
    "end_acceptable": "current__end_acceptable",
    "reference_acceptable": "current__reference_acceptable",
    "acceptable_is_default": "current__acceptable_is_default",
    "correction": "current__correction",
    "note": "current__note",
    "seconds": "current__seconds",
    "left_side": "current__left_side",
    "scores_seen": "current__scores_seen",
    "at": "current__created_at",
}


@require_safe
@role_required(MANAGER)
def verdicts_csv(request: Request, pk: int) -> StreamingHttpResponse:
    round_ = get_object_or_404(Round, pk=pk)
    response = StreamingHttpResponse(csv_lines(_rows(round_)), content_type="text/csv; charset=utf-8")
    return as_download(response, f"verdicts-round-{round_.pk}.csv", by=request.user, detail=str(round_))


def _rows(round_: Round) -> Iterator[Iterable[object]]:
    yield COLUMNS
    verdicts = Verdict.objects.active().filter(round=round_).order_by("pk")
    yield from verdicts.values_list(*COLUMNS.values()).iterator(chunk_size=1000)
