"""What managers may ask the teacher for Table III."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from serving.models import Version
from serving.providers import BARE_MODELS


class TeacherTableForm(forms.Form):
    """What the bare and the prompted teacher are asked: a question, or turns of a dataset."""

    teacher = forms.ModelChoiceField(
        Version.objects.cloud().exclude(model__in=BARE_MODELS), label=_("Teacher"), empty_label=None
    )
    dataset = forms.ModelChoiceField(
        Dataset.objects.filter(never_leaves=False),
        label=_("Questions from"),
        required=False,
        empty_label=_("no dataset"),
    )
    question = forms.CharField(label=_("or type a question"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned["dataset"] or cleaned["question"]):
            raise forms.ValidationError(_("Choose a dataset or type a question."))
        return cleaned
