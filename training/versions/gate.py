"""The gate of a version: which other version it is compared with, and on which frozen set."""

from __future__ import annotations

from typing import Any

from dialogues.models import Comparison, Dataset, EvalSet
from review.calibration.kept import stale_work
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from training.evaluation.assessing import assess, start_assessment
from training.evaluation.evaluate import start_evaluation
from training.evaluation.gate import Gate
from training.evaluation.licence import licence_filter
from training.evaluation.scores import kinds_of
from training.evaluation.sets import find_regression_set, find_set, gate_set, reference_kind, regression_set
from training.runs.models import Run

ASSESSING = (EvalSet.Purpose.GATE, EvalSet.Purpose.HELD_OUT, EvalSet.Purpose.REGRESSION)


def baseline_of(version: Version) -> Version | None:
    """The champion; for the champion itself, the one before it."""
    champion = Version.objects.champion()
    return champion if champion != version else Version.objects.filter(aliases__name="previous").first()


def gate_of(version: Version, dataset: Dataset | None = None, kind: str = "") -> Gate | None:
    """The gate on the dataset's frozen test split; None where there is no other version to compare with."""
    baseline = baseline_of(version)
    if baseline is None or baseline == version:
        return None
    return Gate.from_scores(version, baseline, *sets_of(version, dataset, kind))


def start_gate(version: Version, dataset: Dataset, kind: str, by: Any = None) -> None:
    """Have the version and its baseline answer both sets of its gate, and the version assessed when they have.

    A set that is missing is frozen. What they have answered already is not asked again. A licence of the scorer that is
    stale is worked out anew. Raises NothingToMeasure.
    """
    baseline = baseline_of(version)
    main = _eval_set_for(version, dataset, kind) or gate_set(dataset, kind)
    for eval_set in (main, regression_set()):
        for measured in filter(None, (version, baseline)):
            start_evaluation(measured, eval_set, by)
        if baseline:
            start_assessment(version, baseline, eval_set, by)
    if scorer_set := ScorerSet.objects.current():
        job = stale_work(licence_filter(Profile.objects.active_for(dataset, scorer_set), kind), "licence", by)
        if job:
            job.enqueue()


def assess_now(version: Version, eval_set: EvalSet) -> None:
    """Have the version assessed by a set on which it has just been measured."""
    baseline = baseline_of(version)
    if baseline and eval_set.purpose in ASSESSING:
        assess(version, baseline, eval_set)


def sets_of(version: Version, dataset: Dataset | None, kind: str) -> tuple[EvalSet | None, EvalSet | None]:
    """The frozen set that the version is assessed by, and the one of the forgetting check; None where there is none."""
    return _eval_set_for(version, dataset, kind), find_regression_set()


def _eval_set_for(version: Version, dataset: Dataset | None, kind: str) -> EvalSet | None:
    """The set that the version's run names, if it is of this dataset and kind; otherwise the dataset's own."""
    run = run_of(version)
    if run and run.held_out and run.dataset == dataset and kind in kinds_of(run.held_out):
        return run.held_out
    return find_set(EvalSet.Purpose.GATE, dataset, kind) if dataset and kind else None


def default_measure(version: Version | None = None) -> dict[str, Any]:
    """What to measure on where nobody has chosen: {dataset, kind} of the version's run, otherwise of the newest score.

    Empty where there is neither.
    """
    run = run_of(version) if version else None
    if run and run.held_out:
        return {"dataset": run.dataset, "kind": next(iter(kinds_of(run.held_out)), "")}
    if run:
        return {"dataset": run.dataset, "kind": reference_kind(run.dataset)}
    scores = Score.objects.filter(scorer_set=ScorerSet.objects.current(), kind__in=Comparison.SAMPLED)
    for_measuring_only = (Dataset.Builtin.REGRESSION, Dataset.Builtin.TABLE6)
    newest = scores.exclude(dataset__builtin__in=for_measuring_only).order_by("-id").select_related("dataset").first()
    return {"dataset": newest.dataset, "kind": newest.kind} if newest else {}


def run_of(version: Version) -> Run | None:
    """The run that made the version; None for a base."""
    return Run.objects.filter(checkpoints__version=version).select_related("held_out", "dataset").first()
