"""What the memory brought and what the weights brought: four arms of a Teach, on three strata of turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dialogues.models import AnswerJob, EvalSet
from knowledge.models import Entry
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from review.models import Verdict
from scoring.models import ScoreJob, ScorerSet
from serving.models import Version
from training.evaluation.evaluate import start_evaluation
from training.evaluation.paired_comparison import MIN_COVERAGE, MIN_PAIRS, PairedComparison, compare
from training.evaluation.scores import FinalScore, active_profile, final_scores, kinds_of
from training.runs.dataset import wordings_of
from training.runs.models import Run
from training.runs.nearness import NEAR, as_json, nearness

MOST_LOST = 0.02  # what far questions may lose at the most

Finals = dict[tuple[int, int], FinalScore]  # by (turn, reference)


@dataclass(frozen=True)
class Stratum:
    """Turns whose final score is known in all four arms. Means are in [0, 1]; gains are against `now`."""

    pairs: int
    now: float
    memory: float
    weights: float
    both: float
    memory_gain: Interval
    weights_gain: Interval
    both_gain: Interval
    weights_beside_memory: Interval  # what the weights add where the memory is read


@dataclass(frozen=True)
class Arms:
    """Strata that have no turns are None."""

    taught: Stratum | None
    near: Stratum | None
    far: Stratum | None
    coverage: float = 1.0  # share of the held-out pairs that all arms have a known score for

    @property
    def pairs(self) -> int:
        """Held-out pairs that all arms have a known score for."""
        return sum(stratum.pairs for stratum in (self.near, self.far) if stratum)

    @property
    def is_enough(self) -> bool:
        """Whether anything may be concluded about near questions."""
        return self.near is not None and self.near.pairs >= MIN_PAIRS and self.coverage >= MIN_COVERAGE

    @property
    def rows(self) -> list[tuple[str, Stratum]]:
        """The strata that have turns, by name."""
        named = (("taught", self.taught), ("near", self.near), ("far", self.far))
        return [(name, stratum) for name, stratum in named if stratum]

    @property
    def outcome(self) -> str:
        """better | worse | undecided on the near questions; costly where the far ones may lose too much."""
        if self.near is None or not self.is_enough:
            return "undecided"
        if self.near.both_gain.lies_below(0):
            return "worse"
        if not self.near.both_gain.lies_above(0):
            return "undecided"
        kept = self.far is None or self.far.both_gain.lies_above(-MOST_LOST)
        return "better" if kept else "costly"

    @property
    def weights(self) -> str:
        """What the weights add where the memory is read: help | harm | nothing that can be told.

        They help where near questions get better and the far ones do not lose too much.
        """
        if self.near is None or not self.is_enough:
            return "nothing"
        if self.near.weights_beside_memory.lies_below(0):
            return "harm"
        kept = self.far is None or self.far.weights_beside_memory.lies_above(-MOST_LOST)
        return "help" if self.near.weights_beside_memory.lies_above(0) and kept else "nothing"


def baseline_of(run: Run) -> Version | None:
    """What its best version is compared with: the champion when it was measured, at the first look that of now."""
    champion = Version.objects.champion()
    return run.compared_with or (champion if champion != run.best else run.base)


def versions_of(run: Run) -> dict[str, Version]:
    """The arms: the champion and the run's best version, each with the memory before and after what was taught.

    Empty for a run that is not compared so. An empty memory is no memory: that arm is the weights alone.
    """
    base = baseline_of(run)
    if run.best is None or base is None or run.memory_before is None or run.memory_after is None:
        return {}
    before, after = run.memory_before, run.memory_after

    def arm(version: Version, revision: int) -> Version:
        return version.with_memory(revision) if revision else version

    return {
        "now": arm(base, before),
        "memory": arm(base, after),
        "weights": arm(run.best, before),
        "both": arm(run.best, after),
    }


def start_arms(run: Run) -> None:
    """Have each arm answer what was taught and what was held out, and note how near the held-out questions are.

    Raises MemoryUnavailable.
    """
    run.compared_with = baseline_of(run)
    Run.objects.filter(pk=run.pk).update(compared_with=run.compared_with)
    if run.before and run.held_out:
        near = nearness(run.before, run.held_out, wordings_of(run))
        Run.objects.filter(pk=run.pk).update(nearness=as_json(near))
    for version in dict.fromkeys(versions_of(run).values()):
        for eval_set in filter(None, (run.before, run.held_out)):
            start_evaluation(version, eval_set, run.created_by)


def are_being_measured(run: Run) -> bool:
    """Whether answers or scores of an arm are still being made."""
    versions, sets = versions_of(run), [run.before, run.held_out]
    answering = AnswerJob.objects.active().filter(version__in=versions.values(), eval_set__in=filter(None, sets))
    return bool(versions) and (answering.exists() or ScoreJob.objects.active().filter(dataset=run.dataset).exists())


def arms_of(run: Run) -> Arms | None:
    """The table of a run, from the stored scores; None until all arms are measured."""
    versions = versions_of(run)
    if not versions or run.held_out is None or are_being_measured(run):
        return None
    finals = _finals(run.held_out, versions)
    near = {int(turn) for turn, value in run.nearness.items() if value >= NEAR}
    found = Arms(
        taught=_stratum(_finals(run.before, versions), lambda turn: True) if run.before else None,
        near=_stratum(finals, lambda turn: turn in near),
        far=_stratum(finals, lambda turn: turn not in near),
    )
    found = replace(found, coverage=found.pairs / max(1, run.held_out.items.count()))
    return found if found.near or found.far else None


def _finals(eval_set: EvalSet, versions: dict[str, Version]) -> dict[str, Finals]:
    scorer_set, kinds = ScorerSet.objects.current(), kinds_of(eval_set)
    if scorer_set is None or not kinds:
        return {name: {} for name in versions}
    profile = active_profile(eval_set, scorer_set)
    return {name: final_scores(eval_set, version, next(iter(kinds)), profile) for name, version in versions.items()}


def _stratum(finals: dict[str, Finals], belongs: Callable[[int], bool]) -> Stratum | None:
    shared = set.intersection(*(set(scores) for scores in finals.values()))
    pairs = sorted(pair for pair in shared if belongs(pair[0]))
    table = np.array([[finals[name][pair].final for pair in pairs] for name in finals])  # (arms, B)
    known = ~np.isnan(table).any(axis=0) if pairs else np.zeros(0, bool)
    if not known.any():
        return None
    now, memory, weights, both = table[:, known]
    dialogues = [finals["now"][pair].dialogue_id for pair, is_known in zip(pairs, known, strict=True) if is_known]

    def gain(after: np.ndarray, before: np.ndarray) -> Interval:
        return clustered_mean(after - before, dialogues)

    return Stratum(
        pairs=int(known.sum()),
        **{name: float(values[known].mean()) for name, values in zip(finals, table, strict=True)},
        memory_gain=gain(memory, now),
        weights_gain=gain(weights, now),
        both_gain=gain(both, now),
        weights_beside_memory=gain(both, memory),
    )


def moved_most(run: Run) -> PairedComparison | None:
    """Unseen questions as they are answered now and with memory and weights; it has the best and the worst changes."""
    versions = versions_of(run)
    return compare(versions["both"], versions["now"], run.held_out) if versions and run.held_out else None


def remembered_of(run: Run) -> tuple[int, int]:
    """Of how many corrected questions the memory holds the correction, and how many there are."""
    if run.before is None:
        return 0, 0
    turns = set(run.before.items.values_list("turn", flat=True))
    active = Verdict.objects.active().filter(comparison__turn__in=turns, entry__state=Entry.State.ACTIVE)
    return active.values("comparison__turn").distinct().count(), len(turns)
