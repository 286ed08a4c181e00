"""What a manager sends to decide a disagreement."""

from django import forms

from review.models import VerdictRevision


class DecisionForm(forms.Form):
    key = forms.UUIDField()
    preference = forms.ChoiceField(choices=VerdictRevision.Preference.choices)
    correction = forms.CharField(required=False, max_length=4000)
