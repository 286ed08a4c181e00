"""The page of a dialogue: all that hangs on its turns, and its neighbours in the search that it was opened from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dialogues.models import Dialogue
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.forms import DialogueSearch
from ecc_site.turn_panels import panels_of


@require_safe
@role_required(MANAGER)
def dialogue(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Dialogue.objects.select_related("dataset"), pk=pk)
    form = DialogueSearch(request.GET)
    search = form.search(None if form.values else shown.dataset)
    context = {
        "dialogue": shown,
        "panels": panels_of(shown),
        "form": form,
        "newer": search.next_to(pk, newer=True),
        "older": search.next_to(pk, newer=False),
    }
    return render(request, "ecc_site/dialogue.html", context)
