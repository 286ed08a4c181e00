"""Beyond which values managers are alerted: for all datasets, or for one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dialogues.models import Dataset
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.watch.bounds import bounds_for, change, defaults, own_bounds, proposal
from ecc_site.watch.forms import BoundsForm, DatasetChoice
from ecc_site.watch.series import series_of
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Worse
from ecc_site.watch.words import written
from serving.models import Version


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def bounds(request: Request) -> HttpResponse:
    choice = DatasetChoice(request.GET)
    dataset: Dataset | None = choice.values.get("dataset")
    own, proposals = own_bounds(dataset), _proposals(dataset)
    usual = bounds_for(None) if dataset else defaults()
    form = BoundsForm(request.POST or None, own, usual, proposals if "proposed" in request.GET else None)
    if request.method == "POST" and form.is_valid():
        count = change(dataset, form.wanted, own=form.differing, by=request.user)
        messages.success(request, ngettext("%(n)s bound changed.", "%(n)s bounds changed.", count) % {"n": count})
        query = urlencode({"dataset": dataset.pk}) if dataset else ""
        return redirect(f"{reverse('watch-bounds')}?{query}" if query else "watch-bounds")
    context = {"choice": choice, "dataset": dataset, "form": form, "rows": _rows(form, own, usual, proposals)}
    return render(request, "ecc_site/watch/bounds.html", context)


def _rows(
    form: BoundsForm,
    own: dict[str, float | None],
    usual: dict[str, float | None],
    proposals: dict[str, float],
) -> list[dict[str, object]]:
    return [
        {
            "subject": subject,
            "watch": watch,
            "value": value,
            "is_own": key in own,
            "usual": _written(key, usual[key]),
            "proposal": _written(key, proposals[key]) if key in proposals else "",
            "is_above": subject.worse is Worse.ABOVE,
        }
        for key, subject, watch, value in form.rows()
    ]


def _written(key: str, value: float | None) -> str:
    return _("not watched") if value is None else written(value, SUBJECTS[key])


def _proposals(dataset: Dataset | None) -> dict[str, float]:
    """By subject, of what the version that answers customers has done lately; the wider one of two kinds."""
    champion = Version.objects.champion()
    found: dict[str, float] = {}
    if dataset is None or champion is None:
        return found
    for (key, _kind), series in series_of(dataset, champion).items():
        proposed = proposal(key, series)
        if proposed is not None:
            wider = max if SUBJECTS[key].worse is Worse.ABOVE else min
            found[key] = wider(proposed, found.get(key, proposed))
    return found
