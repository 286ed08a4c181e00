"""What people say of the difference between two versions, and the scores' difference corrected by it.

The outcome of a reply is what people preferred: 1 where it was preferred to the reference, ½ in a tie, 0 where the
reference was preferred or both were bad. That key is an opinion each time, whereas acceptability mostly follows from it
by default. Both versions are held against the same reference, so their difference lies in [-1, 1].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialogues.models import EvalSet
from review.calibration.columns import OUTCOMES
from review.calibration.estimating.corrected import Population, corrected_mean
from review.calibration.measures.intervals import ROUNDING, Interval
from review.calibration.queues import Queue
from review.models import Round, RoundItem, Verdict
from review.opinions import opinions_by_item
from training.evaluation.scores import FinalScore


@dataclass(frozen=True)
class People:
    """`pairs` in `dialogues` have verdicts about both versions. Of these, people and scores both see a difference in
    `telling`, and the same version ahead in `agreeing`.

    `difference`: of the mean outcome, on people's scale; None where there are too few verdicts.
    """

    pairs: int
    dialogues: int
    telling: int
    agreeing: int
    difference: Interval | None


def people_of(
    eval_set: EvalSet, before: Sequence[FinalScore], after: Sequence[FinalScore], gains: np.ndarray, level: float
) -> People:
    """From the verdicts about both versions on the same pairs; gains: the scores' differences, NaN for unknown."""
    outcomes = outcomes_on(eval_set)
    old, new = (np.array([outcomes.get(score.comparison_id, np.nan) for score in scores]) for scores in (before, after))
    said = new - old  # (B,), NaN where nobody read both
    dialogues = np.array([score.dialogue_id for score in after])
    known = ~np.isnan(gains)
    read = known & ~np.isnan(said)
    telling = read & (np.abs(said) > ROUNDING) & (np.abs(gains) > ROUNDING)
    read_dialogues = len(set(dialogues[read]))
    population = Population(said, gains, dialogues)
    difference = corrected_mean(population, level) if population.suffices else None
    agreeing = int((np.sign(said[telling]) == np.sign(gains[telling])).sum())
    return People(int(read.sum()), read_dialogues, int(telling.sum()), agreeing, difference)


def outcomes_on(eval_set: EvalSet) -> dict[int, float]:
    """Comparison: the mean outcome of its end answer, over the annotators of the dataset's evaluation rounds.

    Where a manager has decided, that decision counts instead of what the round's annotators said of the item. Only of
    items drawn at random from all replies, since what is reviewed for its low score says nothing of the rest; and only
    verdicts that were not changed after the scores were revealed.
    """
    measuring = Round.objects.filter(purpose=Round.Purpose.MEASURE, dataset=eval_set.dataset_id, verdict_count__gt=0)
    rounds = measuring.values_list("pk", "purpose", "selection")
    verdicts = Verdict.objects.active().filter(
        round__in=[pk for pk, purpose, selection in rounds if Queue(purpose, selection).is_even],
        item__stratum=RoundItem.Stratum.RANDOM,
        current__after_reveal=False,
    )
    found: dict[int, list[float]] = defaultdict(list)
    for said in opinions_by_item(verdicts).values():
        found[said.comparison] += [OUTCOMES[preference] for preference in said.counted]
    return {comparison: float(np.mean(values)) for comparison, values in found.items()}
