"""The filters of the score page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Split
from ecc_site.core.filters import FilterForm
from ecc_site.core.language import Language
from scoring.parameters import Parameters
from serving.models import Version


class ScoreFilter(FilterForm):
    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), required=False, choices=Comparison.Kind.choices)
    version = forms.ModelChoiceField(
        Version.objects.end(), label=_("End model"), required=False, empty_label=_("all versions")
    )
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("all splits")), *Split.choices])
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("all languages")), *Language.choices]
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))


def _slider(label: Any) -> forms.FloatField:
    """`label` may be translated later."""
    range_ = forms.NumberInput({"type": "range", "min": "0", "max": "1", "step": "any"})
    return forms.FloatField(label=label, min_value=0, max_value=1, widget=range_)


class ParametersForm(forms.Form):
    """α, Θ and the threshold, as somebody tries them."""

    alpha = _slider("α")
    theta = _slider("Θ")
    threshold = _slider(_("Threshold"))

    @property
    def parameters(self) -> Parameters:
        """Of a valid form."""
        return Parameters(**{name: self.cleaned_data[name] for name in ("alpha", "theta", "threshold")})


class ProfileForm(ParametersForm):
    """What is tried, to be saved for a dataset."""

    dataset = forms.ModelChoiceField(Dataset.objects.all(), widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500)
