"""What a manager chooses for an experiment of Table VI."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from training.ml.methods import METHODS, of_the_paper
from training.paper.table6.experiment import HIGHEST_SCALE, experiment_of, planned
from training.runs.models import Experiment
from training.runs.presets import PRESET_NAMES

RANGE = _("The scale has to be a number over 0 and at most 10.")


class ExperimentForm(forms.Form):
    """Methods, scale and preset as the command table6 takes them, and the dialogues to learn from."""

    methods = forms.MultipleChoiceField(
        label=_("Methods"),
        choices=lambda: [(name, METHODS[name].label) for name in of_the_paper()],
        initial=of_the_paper,
        error_messages={"required": _("Choose at least one method.")},
        widget=forms.SelectMultiple(attrs={"size": len(of_the_paper())}),
    )
    scale = forms.FloatField(
        label=_("Scale"),
        initial=1,
        help_text=_("multiplies the paper's 3,000 to 15,000 steps"),
        error_messages={"required": RANGE, "invalid": RANGE},
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    preset = forms.ChoiceField(label=_("Preset"), choices=list(PRESET_NAMES.items()), initial="paper")
    dataset = forms.ModelChoiceField(
        Dataset.objects.filter(builtin__in=("", Dataset.Builtin.DEMO)),
        label=_("Dialogues to learn from"),
        required=False,
        empty_label=_("the corpus that ships"),
        help_text=_("The teacher labels them; the train split is learned, the dev split is measured."),
    )

    def clean_scale(self) -> float:
        scale = self.cleaned_data["scale"]
        if not 0 < scale <= HIGHEST_SCALE:
            raise forms.ValidationError(RANGE)
        return scale

    def clean_dataset(self) -> Dataset | None:
        dataset = self.cleaned_data["dataset"]
        if dataset and dataset.never_leaves:
            raise forms.ValidationError(_("Its dialogues never leave this machine, so no cloud model may label them."))
        return dataset

    def runs(self) -> list[tuple[str, int]]:
        """Method and steps of each run of a valid form."""
        return planned(self.cleaned_data["scale"], self.cleaned_data["methods"])

    def values(self) -> dict[str, Any]:
        """The columns of a Table6Job of a valid form."""
        return {"experiment": self.experiment(), "methods": self.cleaned_data["methods"]}

    def experiment(self) -> Experiment:
        return experiment_of(*(self.cleaned_data[name] for name in ("dataset", "preset", "scale")))
