"""How a version did on a frozen set, one kind of reference at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dialogues.models import EvalSet
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from scoring.models import ScorerSet
from serving.models import Version
from training.evaluation.scores import active_profile, final_scores, kinds_of


@dataclass(frozen=True)
class MeanScore:
    """Mean final score, in [0, 1], over those of the set's `pairs` that have a known one."""

    kind: str
    interval: Interval
    pairs: int

    @property
    def coverage(self) -> float:
        """Share of the pairs with a known final score."""
        return self.interval.n / self.pairs

    def as_dict(self) -> dict[str, Any]:
        """mean, interval ([low, high] or None), coverage and pairs, as the commands print them."""
        interval = None if self.interval.low is None else [self.interval.low, self.interval.high]
        return {"mean": self.interval.mean, "interval": interval, "coverage": self.coverage, "pairs": self.pairs}


def mean_scores(version: Version, eval_set: EvalSet) -> list[MeanScore]:
    """From the stored components under the active α and Θ of the set's dataset; nothing is answered or scored here."""
    return [MeanScore(kind, _interval(version, eval_set, kind), pairs) for kind, pairs in kinds_of(eval_set).items()]


def _interval(version: Version, eval_set: EvalSet, kind: str) -> Interval:
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None:
        return clustered_mean([])
    finals = final_scores(eval_set, version, kind, active_profile(eval_set, scorer_set))
    values = [score.final for score in finals.values()]
    return clustered_mean(values, [score.dialogue_id for score in finals.values()]).in_unit()
