"""Dialogues by words and filters, of all datasets or of one: the list and the search are one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues.models import Dataset
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.forms import DatasetSearch, DialogueSearch


@require_safe
@role_required(MANAGER)
def search(request: HttpRequest) -> HttpResponse:
    return _page(request, DialogueSearch(request.GET))


@require_safe
@role_required(MANAGER)
def in_dataset(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, DatasetSearch(request.GET), get_object_or_404(Dataset, pk=pk))


def _page(request: HttpRequest, form: DialogueSearch, dataset: Dataset | None = None) -> HttpResponse:
    wanted = form.search(dataset)
    context = {
        "form": form,
        "dataset": dataset,
        "query": wanted.query,
        "page": wanted.page(request.GET.get("after", "")),
        "trail": form.trail(dataset),
    }
    return page_or_fragment(request, "dialogues/list.html", "dialogues/_list.html", context)
