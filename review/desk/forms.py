"""What the desk sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.importing.texts import storable
from review.desk.sides import left_side, preference_of
from review.desk.verdict_input import VerdictInput
from review.models import Round, RoundItem, Skip, VerdictRevision

PLACES = [("left", _("left better")), ("right", _("right better"))]


class StorableField(forms.CharField):
    """A text; U+FFFD stands for what no database stores, so one broken character loses nobody's verdict."""

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "")


class VerdictForm(forms.Form):
    """One verdict, of a form or as a part of what the outbox sends."""

    key = forms.UUIDField()
    preference = forms.ChoiceField(choices=[*VerdictRevision.Preference.choices, *PLACES])
    correction = StorableField(required=False, max_length=4000)
    note = StorableField(required=False, max_length=2000)
    tags = forms.MultipleChoiceField(required=False)
    signals = forms.MultipleChoiceField(required=False)
    seconds = forms.FloatField(required=False, min_value=0, max_value=86_400)
    revision = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data: Any, round_: Round):
        super().__init__(data)
        self.round = round_
        for name, offered in (("tags", round_.error_tags), ("signals", round_.signals)):
            self.fields[name].choices = [(value, value) for value in offered]  # type: ignore[attr-defined]

    def verdict_input(self, item: RoundItem, annotator_id: int) -> VerdictInput:
        """As what is stored: keys say a place, the verdict says whose answer stood there."""
        left = left_side(self.round, item, annotator_id)
        values = self.cleaned_data
        return VerdictInput(**{**values, "preference": preference_of(values["preference"], left)})


class UndoForm(forms.Form):
    key = forms.UUIDField()


class SkipForm(forms.Form):
    reason = forms.ChoiceField(choices=Skip.Reason.choices)
    note = forms.CharField(required=False, max_length=500)
