"""What the desk sends."""

from django import forms

from review.desk.verdict_input import VerdictInput
from review.models import VerdictRevision


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
