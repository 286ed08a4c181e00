"""The forms of the labels' pages: the filter, a better reply, a job for the teacher."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.held_out import TEACHABLE
from dialogues.models import Dataset, Split
from ecc_site.core.filters import FilterForm
from ecc_site.core.language import Language
from review.models import Round
from serving.models import Version
from training.labels.models import Label, LabelJob
from training.labels.prompt import MOST_EXAMPLES, default_example_count


def _yes_or_no(label, either, yes, no) -> forms.TypedChoiceField:
    """A filter for a boolean column: yes, no, or either."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", either), ("True", yes), ("False", no)],
        coerce=lambda value: value == "True",
        empty_value=None,
    )


class LabelFilter(FilterForm):
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=_("all datasets")
    )
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("all sources")), *Label.Source.choices]
    )
    teacher = forms.ModelChoiceField(
        Version.objects.cloud(), label=_("Teacher"), required=False, empty_label=_("all teachers")
    )
    chosen = _yes_or_no(_("Used"), _("used or not"), _("used"), _("not used"))
    rejected = _yes_or_no(_("Rejected"), _("rejected or not"), _("rejected"), _("not rejected"))


class LabelTextForm(forms.Form):
    """A better reply for the turn of a label."""

    text = forms.CharField(label=_("Reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class LabelJobForm(forms.Form):
    """Ask the teacher for labels."""

    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), empty_label=None)
    teacher = forms.ModelChoiceField(Version.objects.cloud(), label=_("Teacher"), empty_label=None)
    selection = forms.ChoiceField(label=_("Questions"), choices=LabelJob.Selection.choices)
    round = forms.ModelChoiceField(
        Round.objects.all(),
        label=_("Review round"),
        required=False,
        empty_label=_("all rounds"),
        help_text=_("only for “answers that people rejected”"),
    )
    split = forms.ChoiceField(
        label=_("Split"),
        required=False,
        choices=[("", _("train and dev")), *((name, label) for name, label in Split.choices if name in TEACHABLE)],
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("all languages")), *Language.choices]
    )
    contains = forms.CharField(label=_("Message contains"), required=False, max_length=100)
    below = forms.FloatField(
        label=_("Final score below"),
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.05"}),
        help_text=_("of the champion's answer"),
    )
    example_count = forms.IntegerField(
        label=_("Examples in the prompt (N)"),
        required=False,
        min_value=0,
        max_value=MOST_EXAMPLES,
        help_text=_("0 to 500. If empty: as many as fit the model's context window, counting one token per character."),
    )
    nearest_count = forms.IntegerField(
        label=_("Nearest-question examples"), required=False, min_value=0, max_value=20, initial=0
    )
    limit = forms.IntegerField(label=_("Maximum questions"), required=False, min_value=1, max_value=10**9)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        dataset, teacher, round_ = (cleaned.get(name) for name in ("dataset", "teacher", "round"))
        if dataset and dataset.never_leaves:
            self.add_error("dataset", _("Its dialogues never leave this machine, so no cloud model may label them."))
        if round_ and cleaned.get("selection") != LabelJob.Selection.REJECTED:
            self.add_error("round", _("A review round can be chosen only for “answers that people rejected”."))
        if round_ and dataset and round_.dataset_id != dataset.pk:
            self.add_error("round", _("This round belongs to another dataset."))
        if teacher and cleaned.get("example_count") is None:
            cleaned["example_count"] = default_example_count(teacher)
        cleaned["nearest_count"] = cleaned.get("nearest_count") or 0
        return cleaned
