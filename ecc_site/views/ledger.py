"""The ledger of calls to models behind a server: whose words left the shop, what came back, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dialogues.models import Dataset, Dialogue, Turn
from ecc_site.core.downloads import as_download, csv_download
from ecc_site.core.filters import FilterForm
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from serving.ledger_search import has_text, page_of
from serving.models import CloudCall, CloudDay, Version
from serving.querysets import CloudCallQuerySet
from serving.redacted import redacted_kinds

DAY = {"type": "date"}
COLUMNS = {
    **{"call": "pk", "at": "created_at", "model": "version__name", "purpose": "purpose", "place": "place"},
    **{"dataset": "dataset_id", "dialogue": "dialogue_id", "turn": "turn_id", "outcome": "outcome"},
    **{"redactions": "redactions", "attempts": "attempts", "tokens_in": "tokens_in", "tokens_out": "tokens_out"},
    **{"latency_ms": "latency_ms", "erased_at": "erased_at", "messages": "messages", "reply": "reply"},
    "problem": "problem",
}


class LedgerFilter(FilterForm):
    place = forms.ChoiceField(
        label=_("Where it went"), required=False, choices=[("", _("everywhere")), *CloudCall.Place.choices]
    )
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=_("all datasets")
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"), required=False, choices=[("", _("all purposes")), *CloudCall.Purpose.choices]
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("all outcomes")), *CloudCall.Outcome.choices]
    )
    version = forms.ModelChoiceField(
        Version.objects.filter(Exists(CloudCall.objects.filter(version=OuterRef("pk")))),
        label=_("Model"),
        required=False,
        empty_label=_("all models"),
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    dialogue = forms.IntegerField(label=_("Dialogue number"), required=False, min_value=1, max_value=2**63 - 1)
    contains = forms.CharField(label=_("Words contain"), required=False, max_length=100)

    @property
    def calls(self) -> CloudCallQuerySet:
        """Those that fit all fields which an index answers."""
        values = {name: value for name, value in self.values.items() if name not in ("contains", *self.days)}
        if "dataset" in values:
            values["dataset_id"] = values.pop("dataset").pk
        if "dialogue" in values:
            values["dialogue_id"] = values.pop("dialogue")
        return CloudCall.objects.filter(**values).select_related("version")

    @property
    def days(self) -> dict[str, date]:
        return {name: self.values[name] for name in ("first", "last") if name in self.values}

    @property
    def text(self) -> str:
        """What `contains` asks for."""
        return self.values.get("contains", "")


@require_safe
@role_required(MANAGER)
def ledger(request: Request) -> HttpResponse:
    form = LedgerFilter(request.GET)
    page = page_of(form.calls, form.text, request.GET.get("after", ""), **form.days)
    context = {
        "form": form,
        "page": page,
        "rows": _with_whom(page.rows),
        "today": CloudDay.objects.today(),
        "places": CloudDay.objects.calls_by_place(),
    }
    return page_or_fragment(request, "ecc_site/ledger.html", "ecc_site/_ledger.html", context)


@require_safe
@role_required(MANAGER)
def call(request: Request, pk: int) -> HttpResponse:
    """One call with its words, what was redacted, and what became of the reply."""
    shown = get_object_or_404(CloudCall.objects.select_related("version"), pk=pk)
    context = {
        "call": shown,
        "whom": _with_whom([shown])[0][1],
        "redacted": redacted_kinds(message["text"] for message in shown.messages),
        "answers": shown.answers.select_related("turn__dialogue", "version"),
        "labels": shown.labels.select_related("turn"),
        "paraphrases": shown.paraphrases.select_related("label"),
    }
    return render(request, "ecc_site/call.html", context)


@require_safe
@role_required(MANAGER)
def calls_csv(request: Request) -> StreamingHttpResponse:
    """The calls that the filter shows; messages are one cell of JSON."""
    form = LedgerFilter(request.GET)
    rows = chain([COLUMNS], map(_cells, _records(form)))
    return csv_download(rows, "cloud-calls.csv", by=request.user, detail=form.query)


@require_safe
@role_required(MANAGER)
def calls_jsonl(request: Request) -> StreamingHttpResponse:
    form = LedgerFilter(request.GET)
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in _records(form))
    file = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    return as_download(file, "cloud-calls.jsonl", by=request.user, detail=form.query)


def _with_whom(calls: list[CloudCall]) -> list[tuple[CloudCall, dict[str, Any]]]:
    """Each call with its dataset, dialogue and turn; None for what it was not about, or what was erased."""
    datasets = Dataset.objects.in_bulk({call.dataset_id for call in calls if call.dataset_id})
    dialogues = Dialogue.objects.in_bulk({call.dialogue_id for call in calls if call.dialogue_id})
    turns = Turn.objects.in_bulk({call.turn_id for call in calls if call.turn_id})
    return [
        (
            call,
            {
                "dataset": datasets.get(call.dataset_id or 0),
                "dialogue": dialogues.get(call.dialogue_id or 0),
                "turn": turns.get(call.turn_id or 0),
            },
        )
        for call in calls
    ]


def _records(form: LedgerFilter) -> Iterator[dict[str, Any]]:
    """The calls as they are exported, oldest first; all of them are read, however many."""
    start, end = CloudCall.objects.ids_of_days(**{"first": None, "last": None} | form.days)
    calls = form.calls.filter(pk__gte=start, pk__lt=end).order_by("pk")
    for found in calls.iterator(chunk_size=200):
        if not form.text or has_text(found, form.text):
            yield {name: _value(found, column) for name, column in COLUMNS.items()}


def _value(found: CloudCall, column: str) -> Any:
    return found.version.name if column == "version__name" else getattr(found, column)


def _cells(record: dict[str, Any]) -> Iterator[Any]:
    for name, value in record.items():
        yield json.dumps(value, ensure_ascii=False) if name == "messages" else value
