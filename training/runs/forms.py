"""What a manager may choose for a run. Whether it can work is checked against method and model before it is queued."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.requests import ids_of
from serving.models import Version
from training.labels.models import Label
from training.ml.methods import choices
from training.ml.settings import BadSettings
from training.runs.create import RunSpec, create_run, settle
from training.runs.dataset import labels_of
from training.runs.models import Run
from training.runs.presets import PRESET_NAMES

SHOWN = 200  # replies that can be left out by a tick, the newest; a longer list nobody reads
OVERRIDES = ("learning_rate", "batch_size", "max_steps", "lora_r", "virtual_tokens", "eval_every", "patience", "seed")
SOURCES = ("person", "teacher", "corpus", "replay")
MOST = 1_000_000_000  # replies of a source; a database cannot count without end


class RunForm(forms.Form):
    """Base, method, preset, data mix; a parameter left empty is the preset's."""

    name = forms.CharField(label=_("Name"), max_length=200)
    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), empty_label=None)
    base = forms.ModelChoiceField(
        Version.objects.end().without_arms().filter(adapter=""), label=_("Base model"), empty_label=None
    )
    method = forms.ChoiceField(label=_("Method"), choices=choices, initial="lora")
    preset = forms.ChoiceField(label=_("Preset"), choices=list(PRESET_NAMES.items()))
    person = forms.IntegerField(label=_("Replies by people (max.)"), min_value=0, max_value=MOST, initial=1000)
    repeats = forms.IntegerField(label=_("Repeats per reply by people"), min_value=1, max_value=100, initial=1)
    teacher = forms.IntegerField(label=_("Teacher replies (max.)"), min_value=0, max_value=MOST, initial=0)
    corpus = forms.IntegerField(label=_("Agent replies (max.)"), min_value=0, max_value=MOST, initial=0)
    replay = forms.IntegerField(label=_("Replayed answers (max.)"), min_value=0, max_value=MOST, initial=0)
    learning_rate = forms.FloatField(label=_("Learning rate"), required=False)
    batch_size = forms.IntegerField(label=_("Batch size"), required=False)
    max_steps = forms.IntegerField(label=_("Steps"), required=False)
    lora_r = forms.IntegerField(label=_("LoRA rank"), required=False)
    virtual_tokens = forms.IntegerField(label=_("Virtual tokens"), required=False)
    eval_every = forms.IntegerField(label=_("Evaluate every … steps"), required=False)
    patience = forms.IntegerField(label=_("Early stopping patience"), required=False)
    seed = forms.IntegerField(label=_("Seed"), required=False)

    def clean(self):
        cleaned = super().clean()
        if {"method", "preset", "base", "dataset", "repeats", *SOURCES} <= cleaned.keys():
            if not any(cleaned[source] for source in SOURCES):
                raise forms.ValidationError(_("The data mix is empty: choose at least one source."))
            self._check_settings()
        return cleaned

    def _check_settings(self) -> None:
        try:
            self.spec().settings()
        except BadSettings as problem:
            self.add_error(problem.field if problem.field in self.fields else None, str(problem))

    def spec(self) -> RunSpec:
        cleaned = self.cleaned_data
        return RunSpec(
            mix={source: cleaned[source] for source in SOURCES if cleaned[source]},
            by_hand={name: cleaned[name] for name in OVERRIDES if cleaned.get(name) is not None},
            **{name: cleaned[name] for name in ("dataset", "base", "method", "preset", "repeats")},
        )

    def make_run(self, by) -> Run:
        """A draft: its data and its first batch are looked at before it is started."""
        return create_run(self.spec(), self.cleaned_data["name"], state=Run.State.DRAFT, by=by)


class RepliesField(forms.ModelMultipleChoiceField):
    def clean(self, value):
        return super().clean(ids_of(value or ()))


class StartForm(forms.Form):
    """What can still be changed of a draft when it is started: which replies it learns, and in how many wordings."""

    learn = RepliesField(Label.objects.none(), required=False)
    shown = RepliesField(Label.objects.none(), required=False)
    wordings = forms.IntegerField(
        label=_("Other wordings of each question, by the teacher"), min_value=0, max_value=20, initial=0
    )

    def __init__(self, run: Run, data=None):
        super().__init__(data, initial={"wordings": run.wordings})
        self.run = run
        replies = labels_of(run).select_related("turn", "author", "revision").order_by("-id")
        self.replies = list(replies[:SHOWN])
        for name in ("learn", "shown"):  # one that was taken back while the page was open is no reason to refuse all
            cast(RepliesField, self.fields[name]).queryset = Label.objects.filter(dataset=run.dataset)

    def clean(self):
        cleaned = super().clean()
        if self.run.needs_people and {"learn", "shown"} <= cleaned.keys() and not self._learned():
            raise forms.ValidationError(_("There is nothing left to learn: tick at least one reply."))
        return cleaned

    def apply(self) -> None:
        """Store it, while the run is a draft. Of the replies that the person saw, those without a tick are left out."""
        left_out = (self._ids("shown") - self._ids("learn")) | set(self.run.left_out)
        settle(self.run, self._learned(), left_out, self.cleaned_data["wordings"])

    def _learned(self) -> set[int]:
        """Ids of the ticked replies that still stand; where not all had room on the page, of the older ones too.

        Whatever else is to be learned by now, newer or older, nobody has seen there.
        """
        shown = self._ids("shown")
        taught = Label.objects.taught(self.run.dataset).exclude(pk__in=self.run.left_out).order_by("-id")
        learned = set(taught.filter(pk__in=self._ids("learn")).values_list("pk", flat=True))
        if len(shown) < SHOWN:
            return learned
        no_room = max(0, self.run.mix.get("person", 0) - len(shown))
        return learned | set(taught.filter(pk__lt=min(shown)).values_list("pk", flat=True)[:no_room])

    def _ids(self, name: str) -> set[int]:
        return {label.pk for label in self.cleaned_data[name]}
