"""What a run could show before it is started: how many unseen questions are near it, and the smallest visible gain."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dialogues.models import EvalSet
from scoring.models import ScorerSet
from serving.models import Version
from training.evaluation.scores import active_profile, final_scores, kinds_of
from training.runs.dataset import wordings_of
from training.runs.models import Run
from training.runs.nearness import NEAR, nearness

POWER = 1.96 + 0.84  # standard errors of a difference that a 95% interval excludes zero for in four of five cases


@dataclass(frozen=True)
class Prospect:
    """Of `held_out` questions `near` are near a corrected one, in `dialogues` dialogues.

    `visible_gain` is the smallest true gain in final score that their interval would most likely show; None where too
    little is known.
    """

    held_out: int
    near: int
    dialogues: int
    visible_gain: float | None


def prospect_of(run: Run) -> tuple[Prospect | None, dict[int, float]]:
    """The prospect, and how near each held-out turn is; None where the run is compared on nothing.

    Raises MemoryUnavailable.
    """
    if not (run.before and run.held_out):
        return None, {}
    near = nearness(run.before, run.held_out, wordings_of(run))
    finals, dialogues = _champion_on({turn for turn, value in near.items() if value >= NEAR}, run.held_out)
    count = sum(value >= NEAR for value in near.values())
    return Prospect(len(near), count, dialogues, smallest_visible_gain(finals, dialogues)), near


def smallest_visible_gain(finals: list[float], dialogues: int) -> float | None:
    """From the spread of today's scores: two correlated answers differ about as much as the scores themselves."""
    if len(finals) < 2 or not dialogues:
        return None
    return float(POWER * np.std(finals, ddof=1) / math.sqrt(dialogues))


def _champion_on(turns: set[int], held_out: EvalSet) -> tuple[list[float], int]:
    """The champion's known final scores on these turns, and how many dialogues they are of."""
    champion, kinds, scorer_set = Version.objects.champion(), kinds_of(held_out), ScorerSet.objects.current()
    if champion is None or scorer_set is None or not kinds:
        return [], 0
    profile = active_profile(held_out, scorer_set)
    scores = final_scores(held_out, champion, next(iter(kinds)), profile)
    known = [score for (turn, _), score in scores.items() if turn in turns and not math.isnan(score.final)]
    return [score.final for score in known], len({score.dialogue_id for score in known})
