"""The one place where runs are made, whoever asks: the form, Teach, the commands, Table VI, a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset, EvalSet
from serving.models import Version
from training.evaluation.sets import reference_kind
from training.ml.settings import TrainingSettings
from training.runs.models import Checkpoint, Experiment, Run
from training.runs.presets import example_count, from_preset

CONTINUED = ("dataset", "base", "method", "preset", "parameters", "mix", "repeats", "before", "held_out")


@dataclass(frozen=True)
class RunSpec:
    """What is to be trained: `mix` limits the examples of each source, `by_hand` replaces values of the preset."""

    dataset: Dataset
    base: Version
    method: str
    preset: str
    mix: dict[str, int]
    repeats: int = 1
    by_hand: dict[str, object] = field(default_factory=dict)

    def settings(self) -> TrainingSettings:
        """Raises BadSettings."""
        count = example_count(self.mix, self.repeats)
        values = from_preset(self.preset, self.method, self.base, count).as_dict() | self.by_hand
        if "warmup_steps" not in self.by_hand:
            values["warmup_steps"] = min(values["warmup_steps"], values["max_steps"] // 10)
        return TrainingSettings.from_dict(values)


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
    """A run at the end of the queue, not sent yet. Raises BadSettings.

    `measured` freezes what the version will be compared on: the corrections it learns, and the test dialogues it
    never sees.
    """
    run = Run.objects.create(
        name=name[:200],
        dataset=spec.dataset,
        base=spec.base,
        method=spec.method,
        preset=spec.preset,
        parameters=spec.settings().as_dict(),
        mix=spec.mix,
        repeats=spec.repeats,
        data_report={"chosen_by_hand": list(spec.by_hand)},
        experiment=experiment,
        state=state,
        position=Run.objects.last_position() + 1,
        created_by=by,
    )
    if measured:
        _freeze_sets(run)
    return run


@transaction.atomic
def continue_run(run: Run, checkpoint: Checkpoint, by) -> Run:
    """Queue a new run that starts at a checkpoint with the same settings, the loss curve up to it included.

    Where such a run is waiting or running already, that run.
    """
    start = {"resume_from": checkpoint.version.adapter, "parameters": run.parameters, "mix": run.mix}
    same = Run.objects.active().filter(**start).first()
    if same:
        return same  # the button was pressed twice
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
    champion = Version.objects.champion()
    answered = Comparison.objects.filter(dataset=run.dataset, version=champion)
    kind = reference_kind(run.dataset)
    run.before = _frozen(run, EvalSet.Purpose.TAUGHT, Comparison.Kind.CORRECTION, answered)
    run.held_out = _frozen(run, EvalSet.Purpose.HELD_OUT, kind, answered.filter(split="test"))
    run.save(update_fields=["before", "held_out"])


def _frozen(run: Run, purpose: str, kind: str, answered) -> EvalSet | None:
    chosen = answered.filter(kind=kind)
    if not chosen.exists():
        return None
    label = EvalSet.Purpose(purpose).label
    return EvalSet.objects.freeze(
        f"{label} · {run.pk} · {run}", chosen, purpose=purpose, dataset=run.dataset, kind=kind
    )
