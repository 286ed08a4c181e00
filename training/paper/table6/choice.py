"""Which versions and which set the page of Table VI shows."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, EvalSet
from ecc_site.core.filters import FilterForm
from ecc_site.core.form_fields import RowsField
from scoring.models import Profile, ScorerSet
from serving.models import Alias, Version
from training.evaluation.scores import datasets_of, kinds_of
from training.ml.methods import METHODS, method_named
from training.paper.table6.table import Table, build, checkpoint_of
from training.runs.models import Run
from training.versions.registry import end_versions

MOST = 12  # columns that a table can hold and still be read


class EvalSetField(forms.ModelChoiceField):
    def label_from_instance(self, eval_set):
        return title_of(eval_set)


class Table6Form(FilterForm):
    """α and Θ of Eq. 1 left empty are those of the dataset's active profile."""

    eval_set = EvalSetField(
        EvalSet.objects.select_related("dataset").order_by("-id"),
        label=_("Evaluation set"),
        required=False,
        empty_label=_("the newest"),
    )
    version = RowsField(Version.objects.end(), label=_("Versions"), required=False)
    alpha = forms.FloatField(
        label="α", required=False, min_value=0, max_value=1, widget=forms.NumberInput(attrs={"step": "0.05"})
    )
    theta = forms.FloatField(
        label="Θ", required=False, min_value=0, max_value=1, widget=forms.NumberInput(attrs={"step": "0.05"})
    )

    @property
    def values(self) -> dict:
        return {name: value for name, value in super().values.items() if name != "version" or value.exists()}


class Choice:
    """What one look at the page shows: the inputs, another set, the versions, α and Θ."""

    def __init__(self, form: Table6Form):
        self.form, self.scorer_set = form, ScorerSet.objects.current()
        self.inputs = EvalSet.objects.filter(purpose=EvalSet.Purpose.INPUTS).first()
        self.eval_set = form.values.get("eval_set") or newest_dev_set() or self.inputs or newest_held_out()
        self.versions = _ordered(list(form.values.get("version") or newest_versions())[:MOST])

    @property
    def can_show(self) -> bool:
        return bool(self.scorer_set and self.eval_set and self.versions)

    @property
    def title(self) -> str:
        return title_of(self.eval_set) if self.eval_set else ""

    @property
    def weights(self) -> tuple[float, float]:
        """α and Θ for the chosen set; ValueError where nothing can be shown."""
        if self.eval_set is None:
            raise ValueError("There is no set to show.")
        return self._weights(self.eval_set)

    def table(self, eval_set: EvalSet | None) -> Table | None:
        """The set answered by the versions; None where the set is missing or has no reference."""
        kind = next(iter(kinds_of(eval_set)), "") if eval_set else ""
        if eval_set is None or self.scorer_set is None or not kind:
            return None
        alpha, theta = self._weights(eval_set)
        return build(eval_set, self.versions, self.scorer_set, kind, alpha=alpha, theta=theta)

    def _weights(self, eval_set: EvalSet) -> tuple[float, float]:
        """As asked for, else of the active profile of the set's dataset."""
        profile = Profile.objects.active_for(datasets_of(eval_set).first(), self.scorer_set)
        values = self.form.values
        return values.get("alpha", profile.alpha), values.get("theta", profile.theta)


def title_of(eval_set: EvalSet) -> str:
    """What a set is, in the reader's language; a selection has the name that a person gave it."""
    if eval_set.purpose == EvalSet.Purpose.SELECTION:
        return eval_set.name
    return f"{eval_set.get_purpose_display()} · {eval_set.dataset} · {eval_set.get_kind_display()} · #{eval_set.pk}"


def newest_dev_set() -> EvalSet | None:
    by_teacher = EvalSet.objects.filter(purpose=EvalSet.Purpose.DEV, kind=Comparison.Kind.CLOUD)
    return by_teacher.order_by("-id").first()


def newest_held_out() -> EvalSet | None:
    """What the last run was compared on by its gate."""
    return EvalSet.objects.filter(gated_runs__best__isnull=False).order_by("-id").first()


def newest_versions():
    """Base and trained versions of the last experiment, each with its arm; without one, the champion and what the
    newest runs chose."""
    last = Run.objects.filter(experiment__isnull=False, checkpoints__isnull=False).order_by("-id").first()
    if last is None:
        chosen = Run.objects.filter(best__isnull=False).order_by("-id").values_list("best", flat=True)[:5]
        champion = Alias.objects.filter(name="champion").values_list("version", flat=True)
        return end_versions().filter(pk__in=[*champion, *chosen])
    runs = last.experiment.runs.order_by("id")
    newest = {(run.method, run.parameters.get("max_steps")): run for run in runs}  # repeated on other data: the last
    made = Version.objects.filter(checkpoint__run__in=newest.values()).values_list("pk", flat=True)
    weights = [last.experiment.base_id, *made]
    return end_versions().filter(pk__in=[*weights, *_newest_arms(weights)])


def _newest_arms(weights: list[int]) -> list[int]:
    """Of each of these, the arm with the memory that was made last."""
    arms = Version.objects.filter(weights_of__in=weights, fixed_memory__isnull=False).order_by("fixed_memory")
    return list(dict(arms.values_list("weights_of", "pk")).values())


def _ordered(versions: list[Version]) -> list[Version]:
    """Bases first, then by method and steps as in the paper; each version before its arms."""
    order = list(METHODS.values())

    def place(version: Version) -> tuple:
        checkpoint, weights = checkpoint_of(version), version.weights_of_id or version.pk
        if checkpoint is None:
            return (0, 0, weights, version.pk)
        return (1 + order.index(method_named(checkpoint.run.method)), checkpoint.step, weights, version.pk)

    return sorted({version.pk: version for version in versions}.values(), key=place)
