"""The Teach button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from dialogues.models import Dataset
from ecc_site.kit.roles import MANAGER, role_required
from training.teaching import NothingTaught, teach


@require_POST
@role_required(MANAGER)
def teach_dataset(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = get_object_or_404(Dataset, pk=pk)
    try:
        run = teach(dataset, request.user)
    except NothingTaught as nothing:
        messages.error(request, str(nothing))
        return redirect("dataset", pk)
    return redirect("training:run", run.pk)
