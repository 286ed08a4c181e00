"""Pages open on the dataset that the person used last."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.filters import FilterForm
from ecc_site.core.requests import Request
from scoring.models import Score

KEY = "dataset"  # of the session


class DatasetFilter(FilterForm):
    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=None)


def use(request: Request, dataset: Dataset) -> None:
    """Note that the person uses it."""
    if request.session.get(KEY) != dataset.pk:
        request.session[KEY] = dataset.pk


def last_used(request: Request) -> Dataset | None:
    """That of the address, else the last one; before there is any, that of the newest score, else the newest."""
    wanted = DatasetFilter(request.GET).values.get("dataset")
    if wanted:
        use(request, wanted)
        return wanted
    if found := Dataset.objects.filter(pk=request.session.get(KEY, 0)).first():
        return found
    newest = Score.objects.order_by("-pk").select_related("dataset").first()
    return newest.dataset if newest else Dataset.objects.first()
