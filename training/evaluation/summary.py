"""How a version did on a frozen set, one kind of reference at a time."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import EvalSet
from scoring.fusion import COMPONENTS, final_score
from scoring.models import Profile, ScorerSet
from serving.models import Version
from training.evaluation.run import datasets_of, kinds_of, scores_of
from training.evaluation.statistics import Interval, mean_interval


@dataclass(frozen=True)
class Measured:
    """Mean final score over the pairs that are known, of `wanted` in the set."""

    kind: str
    interval: Interval
    wanted: int

    @property
    def coverage(self) -> float:
        return self.interval.n / self.wanted

    def as_dict(self) -> dict:
        interval = None if self.interval.low is None else [self.interval.low, self.interval.high]
        return {"mean": self.interval.mean, "interval": interval, "coverage": self.coverage, "pairs": self.wanted}


def measured(version: Version, eval_set: EvalSet, scorer_set: ScorerSet | None = None) -> list[Measured]:
    """From the stored components under the active α and Θ of the set's dataset; nothing is answered or scored here."""
    scorer_set = scorer_set or ScorerSet.objects.current()
    results = []
    for kind, wanted in kinds_of(eval_set).items():
        interval = mean_interval([])
        if scorer_set:
            profile = Profile.objects.active_for(datasets_of(eval_set).first(), scorer_set)
            scores = scores_of(eval_set, [version], scorer_set, kind)
            rows = scores.values(*COMPONENTS)
            interval = mean_interval([final_score(**row, alpha=profile.alpha, theta=profile.theta) for row in rows])
        results.append(Measured(kind, interval.in_unit(), wanted))
    return results
