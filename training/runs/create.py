"""The only place where runs are made: for the form, Teach, the commands, Table VI and a checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset, EvalSet
from knowledge.models import Clock, Entry, EntryRevision
from serving.models import Version
from training.evaluation.sets import reference_kind
from training.labels.querysets import LabelQuerySet
from training.ml.settings import TrainingSettings
from training.runs.dataset import labels_of
from training.runs.models import Checkpoint, Experiment, Run
from training.runs.presets import example_count, from_preset

CONTINUED = (
    "dataset",
    "base",
    "method",
    "preset",
    "parameters",
    "mix",
    "left_out",
    "learned",
    "drawn_up_to",
    "wordings",
    "replay_share",
    "repeats",
    "before",
    "held_out",
    "memory_before",
    "memory_after",
)


@dataclass(frozen=True)
class RunSpec:
    """What to train. `mix` limits the examples of each source, `by_hand` replaces values of the preset."""

    dataset: Dataset
    base: Version
    method: str
    preset: str
    mix: dict[str, int]
    repeats: int = 1
    wordings: int = 0
    replay_share: float | None = None  # of a pass, above 0 and below 1
    tries: tuple[float, ...] = ()  # learning rates, as multiples of the preset's
    by_hand: Mapping[str, object] = field(default_factory=dict)

    def settings(self) -> TrainingSettings:
        """The preset's values, those chosen by hand in their place. Raises BadSettings."""
        count = example_count(self.mix, self.repeats * (1 + self.wordings))
        values = {**from_preset(self.preset, self.method, self.base, count).as_dict(), **self.by_hand}
        if "warmup_steps" not in self.by_hand:
            values["warmup_steps"] = min(values["warmup_steps"], values["max_steps"] // 10)
        return TrainingSettings.from_dict(values)

    def columns(self) -> dict[str, Any]:
        """The columns of a Run that follow from the spec. Raises BadSettings."""
        parameters = self.settings().as_dict()
        rates = [float(f"{times * parameters['learning_rate']:.2g}") for times in self.tries]
        return {
            "dataset": self.dataset,
            "base": self.base,
            "method": self.method,
            "preset": self.preset,
            "parameters": parameters,
            "mix": self.mix,
            "repeats": self.repeats,
            "wordings": self.wordings,
            "replay_share": self.replay_share,
            "trials": [{"rate": rate, "dev_loss": None} for rate in rates],
            "data_report": {"chosen_by_hand": list(self.by_hand)},
        }


def parameters_of(draft: Run, left_out: Collection[int], wordings: int) -> dict[str, Any]:
    """Its parameters if it learns without these labels and in so many other wordings: steps follow the examples.

    What a person set stays. Raises BadSettings.
    """
    by_hand = {name: draft.parameters[name] for name in draft.report.chosen_by_hand}
    mix = draft.mix | {"person": max(0, draft.mix.get("person", 0) - len(left_out))}
    spec = RunSpec(draft.dataset, draft.base, draft.method, draft.preset, mix, draft.repeats, wordings, by_hand=by_hand)
    return spec.settings().as_dict()


@transaction.atomic
def settle(draft: Run, learned: Collection[int], left_out: Collection[int], wordings: int) -> None:
    """Store what a person has left of a draft: it learns these labels by people, and is measured as taught on them."""
    values = {
        "left_out": sorted(left_out),
        "learned": sorted(learned),
        "wordings": wordings,
        "parameters": parameters_of(draft, left_out, wordings),
    }
    if not Run.objects.filter(pk=draft.pk, state=Run.State.DRAFT).update(**values):
        return
    draft.refresh_from_db(fields=list(values))
    if draft.memory_before is not None:
        draft.before, draft.memory_before = _freeze_taught(draft), _memory_before(draft)
        draft.save(update_fields=["before", "memory_before"])


@transaction.atomic
def create_run(
    spec: RunSpec,
    name: str,
    *,
    state: str = Run.State.QUEUED,
    by=None,
    experiment: Experiment | None = None,
    measured: bool = True,
) -> Run:
    """A run at the end of the queue, not sent to a worker yet. Raises BadSettings.

    `measured` freezes what its version will be compared on: the corrections that it learns, and the test dialogues
    that it never sees.
    """
    run = Run.objects.create(
        name=name[:200],
        state=state,
        position=Run.objects.last_position() + 1,
        created_by=by,
        experiment=experiment,
        **spec.columns(),
    )
    if measured:
        _freeze_sets(run)
    return run


@transaction.atomic
def continue_run(run: Run, checkpoint: Checkpoint, by) -> Run:
    """Queue a new run that starts at a checkpoint, with the same settings and a copy of the loss curve up to there.

    Returns the existing run where such a run is waiting or running already.
    """
    start = {"resume_from": checkpoint.version.adapter, "parameters": run.parameters, "mix": run.mix}
    existing = Run.objects.active().filter(**start).first()
    if existing:
        return existing  # the button was pressed twice
    continued = Run.objects.create(
        name=_("%(run)s, from step %(step)s") % {"run": run.name[:150], "step": checkpoint.step},
        resume_from=checkpoint.version.adapter,
        position=Run.objects.last_position() + 1,
        created_by=by,
        **{name: getattr(run, name) for name in CONTINUED},
    )
    run.losses.filter(step__lte=checkpoint.step).copy(continued)
    continued.enqueue()
    return continued


def _freeze_sets(run: Run) -> None:
    """Of the turns that the champion has answered: the corrected ones, and those of the test split."""
    run.before = _freeze_taught(run)
    unseen = _answered_by_champion(run).filter(split="test")
    run.held_out = _freeze(run, EvalSet.Purpose.HELD_OUT, reference_kind(run.dataset), unseen)
    run.memory_before, run.memory_after = _memory_before(run), Clock.now()
    run.save(update_fields=["before", "held_out", "memory_before", "memory_after"])


def _answered_by_champion(run: Run) -> QuerySet[Comparison]:
    return Comparison.objects.filter(dataset=run.dataset, version=Version.objects.champion())


def _freeze_taught(run: Run) -> EvalSet | None:
    """The corrections that it learns; the set that a draft was made with loses and gains what has changed since."""
    kind, taught = Comparison.Kind.CORRECTION, _is_taught_by(labels_of(run))
    corrected = _answered_by_champion(run).filter(taught, split="train")
    if run.before is None:
        return _freeze(run, EvalSet.Purpose.TAUGHT, kind, corrected)
    run.before.items.exclude(taught).delete()
    run.before.add(corrected.filter(kind=kind))
    return run.before


def _is_taught_by(labels: LabelQuerySet) -> Exists:
    """Whether the reference to a turn is what one of these labels teaches."""
    return Exists(labels.filter(turn=OuterRef("turn"), text=OuterRef("reference__text")))


def _memory_before(run: Run) -> int:
    """The memory as the last run on the dataset had it; for the first, as it was before any of its replies acted."""
    earlier = Run.objects.filter(dataset=run.dataset, memory_after__isnull=False, best__isnull=False)
    last = earlier.order_by("-pk").values_list("memory_after", flat=True).first()
    if last is not None:
        return last
    labels = labels_of(run)
    entries = Q(labels__in=labels) | Q(verdicts__revisions__labels__in=labels)
    acted = EntryRevision.objects.filter(entry__in=Entry.objects.filter(entries), state=Entry.State.ACTIVE)
    first = acted.aggregate(first=Min("number"))["first"]
    return Clock.now() if first is None else first - 1


def _freeze(run: Run, purpose: EvalSet.Purpose, kind: str, answered: QuerySet[Comparison]) -> EvalSet | None:
    """The comparisons of one kind as a set; None where there are none."""
    comparisons = answered.filter(kind=kind)
    if not comparisons.exists():
        return None
    name = f"{purpose.label} · {run.pk} · {run}"
    return EvalSet.objects.freeze(name, comparisons, purpose=purpose, dataset=run.dataset, kind=kind)
