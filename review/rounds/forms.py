"""The form of managers who send comparisons to review."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset
from review.models import Round, RoundItem
from review.rounds.making import MAX_SIZE, RoundSpec
from serving.models import Version


class RoundForm(forms.Form):
    """What to review of a dataset, and how often."""

    name = forms.CharField(label=_("Round name"), max_length=200)
    version = forms.ModelChoiceField(Version.objects.end(), label=_("End model"), empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), choices=Comparison.Kind.choices[:2])
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Round.Purpose.choices)
    order = forms.ChoiceField(label=_("Order"), choices=RoundItem.Stratum.choices[:2])
    size = forms.IntegerField(label=_("Number of comparisons"), min_value=1, max_value=MAX_SIZE, initial=200)
    overlap = forms.IntegerField(label=_("Reviewers per comparison"), min_value=1, max_value=20, initial=1)

    teach_preferred = forms.BooleanField(
        label=_("Also teach the agents' replies that reviewers prefer"),
        required=False,
        help_text=_("Corrections are always taught; a reply of the cloud model only by teacher labelling."),
    )
    teach_ties = forms.BooleanField(label=_("Also teach the agents' replies in ties"), required=False)

    def spec(self, dataset: Dataset) -> RoundSpec:
        return RoundSpec(dataset=dataset, **self.cleaned_data)
