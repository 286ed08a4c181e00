"""The forms of annotators at the desk and of managers who send comparisons to review."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset
from review.models import Round, RoundItem, VerdictRevision
from review.rounds import MAX_SIZE, RoundSpec
from review.verdict_input import VerdictInput
from serving.models import Version


class VerdictForm(forms.Form):
    key = forms.UUIDField()
    preference = forms.ChoiceField(choices=VerdictRevision.Preference.choices)
    correction = forms.CharField(required=False, max_length=4000)
    note = forms.CharField(required=False, max_length=2000)
    seconds = forms.FloatField(required=False, min_value=0, max_value=86_400)
    revision = forms.IntegerField(required=False, min_value=0)

    @property
    def verdict_input(self) -> VerdictInput:
        return VerdictInput(**self.cleaned_data)


class UndoForm(forms.Form):
    key = forms.UUIDField()


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
