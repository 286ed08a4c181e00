"""The filters of the score page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Split
from ecc_site.core.filters import FilterForm
from serving.models import Version


class ScoreFilter(FilterForm):
    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), required=False, choices=Comparison.Kind.choices)
    version = forms.ModelChoiceField(
        Version.objects.end(), label=_("End model"), required=False, empty_label=_("all versions")
    )
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("all splits")), *Split.choices])
