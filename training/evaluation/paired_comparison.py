"""Two versions on one frozen set, pair by pair.

They are compared over the (turn, reference) pairs for which both have a known final score, with one scorer set and one
kind of reference, under the active α and Θ of the dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dialogues.models import EvalSet
from review.agreement.measures.estimates import LEVEL
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from training.evaluation.licence import ScorerLicence, licence_on
from training.evaluation.models import Assessment
from training.evaluation.people import People, people_of
from training.evaluation.scores import FinalScore, active_profile, final_scores, kinds_of
from training.evaluation.spending import PLANNED, level_of
from training.evaluation.statistics import Outcomes, mcnemar_exact, outcomes

MIN_PAIRS = 20  # over fewer, nothing is concluded
MIN_COVERAGE = 0.9  # of the set, before anything is: the first answers are no random sample of it
SHOWN = 3  # pairs that changed most, in each direction


@dataclass(frozen=True)
class ScoredPair:
    """The scores of both versions with their comparisons, and their final scores, NaN where unknown."""

    before: Score
    after: Score
    final_before: float
    final_after: float

    @property
    def gain(self) -> float:
        return self.final_after - self.final_before


@dataclass(frozen=True)
class PairedComparison:
    """`before` and `after` are the final scores of both versions for the same B pairs, in the same order.

    `wanted` pairs are in the set; B is smaller while a version has not answered all of them. `assessed` candidates have
    been assessed by the set, and `after` is the one with this `number` among them; None where it is none of them.
    """

    eval_set: EvalSet
    kind: str
    profile: Profile
    wanted: int
    before: Sequence[FinalScore]
    after: Sequence[FinalScore]
    assessed: int = 0
    number: int | None = None

    @property
    def both(self) -> int:
        """How many pairs are scored for both versions."""
        return len(self.before)

    @property
    def known(self) -> int:
        """How many of them have two known final scores."""
        return self.difference.n

    @property
    def unknown(self) -> int:
        return self.both - self.known

    @property
    def coverage(self) -> float:
        """Share of the set's pairs for which both final scores are known."""
        return self.known / self.wanted

    @property
    def is_enough(self) -> bool:
        """Whether so much is measured that something may be concluded."""
        return self.coverage >= MIN_COVERAGE and self.known >= MIN_PAIRS

    @property
    def level(self) -> float:
        """Of the intervals: a assessed candidate's pay for those before it."""
        return level_of(self.number) if self.number else LEVEL

    @cached_property
    def difference(self) -> Interval:
        """Mean of after - before, its interval clustered by dialogue."""
        return clustered_mean(self._differences, [score.dialogue_id for score in self.after], self.level)

    @property
    def is_beyond_plan(self) -> bool:
        """Whether the set has assessed so many that its intervals grow with every further one."""
        return self.assessed > PLANNED

    @cached_property
    def people(self) -> People:
        """What people say of the same difference."""
        return people_of(self.eval_set, self.before, self.after, self._differences, self.level)

    @cached_property
    def licence(self) -> ScorerLicence:
        """Whether the scorer may speak for people on this set, as far as that is known."""
        return licence_on(self.eval_set, self.profile, self.kind)

    @property
    def mean_before(self) -> float | None:
        return self._mean(self._known_finals[0])

    @property
    def mean_after(self) -> float | None:
        return self._mean(self._known_finals[1])

    @property
    def outcomes(self) -> Outcomes:
        return outcomes(self._differences)

    @property
    def accepted_before(self) -> int:
        return int(self._accepted[0].sum())

    @property
    def accepted_after(self) -> int:
        return int(self._accepted[1].sum())

    @property
    def mcnemar_p(self) -> float:
        """Whether acceptance changed: the p of McNemar's test, in (0, 1]."""
        before, after = self._accepted
        return mcnemar_exact(int((before & ~after).sum()), int((after & ~before).sum()))

    @property
    def pairs(self) -> list[ScoredPair]:
        """All that are scored for both, in the order of their turns."""
        return self._pairs(range(self.both))

    @cached_property
    def best(self) -> list[ScoredPair]:
        """The pairs that gained most, at most SHOWN."""
        return self._most_changed(1)

    @cached_property
    def worst(self) -> list[ScoredPair]:
        """The pairs that lost most, at most SHOWN."""
        return self._most_changed(-1)

    @cached_property
    def _finals(self) -> np.ndarray:
        """Before and after, shape (2, B), NaN for unknown."""
        return np.array([[score.final for score in scores] for scores in (self.before, self.after)], dtype=float)

    @property
    def _differences(self) -> np.ndarray:
        """Shape (B,), NaN where either final score is unknown."""
        return self._finals[1] - self._finals[0]

    @property
    def _known_finals(self) -> np.ndarray:
        """Before and after, shape (2, known)."""
        return self._finals[:, ~np.isnan(self._differences)]

    @property
    def _accepted(self) -> np.ndarray:
        """Which known final scores reach the acceptance threshold, shape (2, known)."""
        return self._known_finals >= self.profile.threshold

    def _mean(self, finals: np.ndarray) -> float | None:
        return float(finals.mean()) if len(finals) else None

    def _most_changed(self, sign: int) -> list[ScoredPair]:
        """The largest gains for a sign of 1, the largest losses for -1."""
        gains = sign * self._differences
        return self._pairs([int(i) for i in np.argsort(-gains)[:SHOWN] if gains[i] > 0])  # NaN comes last

    def _pairs(self, places: Sequence[int]) -> list[ScoredPair]:
        pairs = [(self.before[i], self.after[i]) for i in places]
        scores = Score.objects.select_related("comparison__turn", "comparison__end", "comparison__reference")
        by_id = scores.in_bulk([final.score_id for pair in pairs for final in pair])
        return [ScoredPair(by_id[b.score_id], by_id[a.score_id], b.final, a.final) for b, a in pairs]


def compare(candidate: Version, champion: Version, eval_set: EvalSet) -> PairedComparison | None:
    """The champion (before) and the candidate (after) on one set, from the stored scores.

    None where the set is empty or nothing was ever scored.
    """
    scorer_set, kinds = ScorerSet.objects.current(), kinds_of(eval_set)
    if scorer_set is None or not kinds:
        return None
    kind, wanted = next(iter(kinds.items()))
    profile = active_profile(eval_set, scorer_set)
    before, after = (final_scores(eval_set, version, kind, profile) for version in (champion, candidate))
    pairs = sorted(before.keys() & after.keys())
    assessed = Assessment.objects.on(eval_set, kind)
    return PairedComparison(
        eval_set,
        kind,
        profile,
        wanted,
        [before[pair] for pair in pairs],
        [after[pair] for pair in pairs],
        assessed.last_number(),
        assessed.number_of(candidate, champion),
    )
