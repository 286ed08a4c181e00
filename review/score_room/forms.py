"""The filters of the score room, the part of it that is listed, and α, Θ and the threshold."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Split
from ecc_site.core.filters import FilterForm, query_of
from ecc_site.core.language import Language
from review.models import Tag
from scoring.fusion import COMPONENTS
from scoring.parameters import Parameters
from serving.models import Version


class RoomFilter(FilterForm):
    """Which scores all figures of the page are about."""

    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), required=False, choices=Comparison.Kind.choices)
    version = forms.ModelChoiceField(
        Version.objects.end(), label=_("End model"), required=False, empty_label=_("all versions")
    )
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("all splits")), *Split.choices])
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("all languages")), *Language.choices]
    )
    tag = forms.ModelChoiceField(Tag.objects.active(), label=_("Tag"), required=False, empty_label=_("all tags"))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))


class Side(StrEnum):
    ACCEPTABLE = "acceptable"
    NOT = "not"
    UNKNOWN = "unknown"


class Rule(StrEnum):
    THETA = "theta"  # similarity alone
    BOTH = "both"


class Order(StrEnum):
    LOWEST = "lowest"
    HIGHEST = "highest"


PAIRS = [f"{first}-{second}" for i, first in enumerate(COMPONENTS) for second in COMPONENTS[i + 1 :]]


def _choice(names: Iterable[str]) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=[(name, name) for name in names])


class PartForm(FilterForm):
    """Which of them are listed: what a bar, a point or a cell of a figure is made of."""

    @property
    def without_order(self) -> str:
        """As `query`, in whatever order."""
        return query_of({name: value for name, value in self.values.items() if name != "order"})

    @property
    def has_own_order(self) -> bool:
        """Whether what is listed says itself what comes first, so that nobody can choose it."""
        values = self.values
        return values.get("side") == Side.UNKNOWN or "apart" in values or {"of", "beside"} <= values.keys()

    of = forms.ModelChoiceField(Version.objects.end(), required=False)
    low = forms.FloatField(required=False, min_value=0, max_value=1)
    high = forms.FloatField(required=False, min_value=0, max_value=1)  # not included, but for 1
    side = _choice(Side)
    rule = _choice(Rule)
    first_day = forms.DateField(required=False)
    last_day = forms.DateField(required=False)
    with_tag = forms.ModelChoiceField(Tag.objects.all(), required=False)
    beside = forms.ModelChoiceField(Version.objects.end(), required=False)  # the largest loss against it first
    apart = _choice(PAIRS)  # where these two components differ most comes first
    order = _choice(Order)


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
