"""Which gate stands before a version: against whom, and on which frozen set."""

from __future__ import annotations

from dialogues.models import Dataset, EvalSet
from scoring.models import Score, ScorerSet
from serving.models import Version
from training.evaluation.gate import Gate, judge
from training.evaluation.run import kinds_of
from training.evaluation.sets import found, found_regression_set, reference_kind
from training.runs.models import Run


def baseline_of(version: Version) -> Version | None:
    """The champion; for the champion itself the one before it."""
    champion = Version.objects.champion()
    return champion if champion != version else Version.objects.filter(aliases__name="previous").first()


def gate_before(version: Version, dataset: Dataset | None = None, kind: str = "") -> Gate | None:
    """The gate on the dataset's frozen test split; None where there is nobody to compare with."""
    baseline = baseline_of(version)
    if baseline is None or baseline == version:
        return None
    return judge(version, baseline, _set_of(version, dataset, kind), found_regression_set())


def _set_of(version: Version, dataset: Dataset | None, kind: str) -> EvalSet | None:
    """What the version's run was told to be measured on, where it is of the dataset and kind; else the dataset's."""
    run = run_of(version)
    if run and run.held_out and run.dataset == dataset and kind in kinds_of(run.held_out):
        return run.held_out
    return found(EvalSet.Purpose.GATE, dataset, kind) if dataset and kind else None


def newest_choice(version: Version | None = None) -> dict:
    """Dataset and kind of reference to begin with: those of the version's run, else of the newest score."""
    run = run_of(version) if version else None
    if run and run.held_out:
        return {"dataset": run.dataset_id, "kind": next(iter(kinds_of(run.held_out)), "")}
    if run:
        return {"dataset": run.dataset_id, "kind": reference_kind(run.dataset)}
    scores = Score.objects.filter(scorer_set=ScorerSet.objects.current(), kind__in=("cloud", "human"))
    measuring = (Dataset.Builtin.REGRESSION, Dataset.Builtin.TABLE6)
    return scores.exclude(dataset__builtin__in=measuring).most_recent_choice()


def run_of(version: Version) -> Run | None:
    return Run.objects.filter(checkpoints__version=version).select_related("held_out", "dataset").first()


def measured_choice(version: Version) -> dict:
    """newest_choice with the dataset itself."""
    choice = newest_choice(version)
    return {"dataset": Dataset.objects.get(pk=choice["dataset"]), "kind": choice["kind"]} if choice else {}
