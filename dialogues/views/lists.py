"""The dialogues of a dataset."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues.forms import DialogueFilter
from dialogues.models import Dataset
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required


@require_safe
@role_required(MANAGER)
def dialogues(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = get_object_or_404(Dataset, pk=pk)
    form = DialogueFilter(request.GET)
    rows = dataset.dialogues.filter(**form.values).with_opening()
    page = keyset_page(rows, ("id",), request.GET.get("after", ""))
    context = {"dataset": dataset, "form": form, "page": page}
    return page_or_fragment(request, "dialogues/list.html", "dialogues/_list.html", context)
