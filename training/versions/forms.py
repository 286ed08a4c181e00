"""What the pages of versions can be narrowed to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset
from ecc_site.core.filters import FilterForm


class MeasuredOn(FilterForm):
    """The dataset whose test split is measured on, and the kind of reference."""

    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Measured on"), required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), required=False, choices=Comparison.Kind.choices)
