"""The gate: is a candidate better than the champion, and has it forgotten nothing?

Both are compared over the (turn, reference) pairs of a frozen set that both have a known final score for, with one
scorer set and one kind of reference, under the active α and Θ of the dataset.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dialogues.models import EvalSet
from scoring.fusion import COMPONENTS, final_score
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from training.evaluation.run import datasets_of, kinds_of, scores_of
from training.evaluation.statistics import Interval, Outcomes, mcnemar_exact, outcomes, paired_bootstrap

MARGIN = 0.0  # the gain that the lower bound must exceed
REGRESSION_MARGIN = 0.05  # the loss that the lower bound must exclude on the general assistant's set
MIN_PAIRS = 20  # a percentile interval over fewer is not to be trusted
MIN_COVERAGE = 0.9  # of the set, before a verdict: the first answers of a set are no sample of it
SHOWN = 3


@dataclass(frozen=True)
class Changed:
    """One pair whose score changed: the scores of both versions with their comparisons."""

    before: Score
    after: Score
    final_before: float
    final_after: float

    @property
    def gain(self) -> float:
        return self.final_after - self.final_before


@dataclass(frozen=True)
class Paired:
    """Candidate against champion on one set. `both` pairs are scored for both, `known` of them have two finals."""

    eval_set: EvalSet
    kind: str
    profile: Profile
    wanted: int
    both: int
    difference: Interval
    mean_before: float | None
    mean_after: float | None
    outcomes: Outcomes
    accepted_before: int
    accepted_after: int
    mcnemar_p: float
    best: list[Changed] = field(default_factory=list)
    worst: list[Changed] = field(default_factory=list)

    @property
    def known(self) -> int:
        return self.difference.n

    @property
    def unknown(self) -> int:
        return self.both - self.known

    @property
    def coverage(self) -> float | None:
        """Share of the set's pairs that both versions have a known final score for."""
        return self.known / self.wanted if self.wanted else None


@dataclass(frozen=True)
class Gate:
    candidate: Version
    champion: Version
    main: Paired | None
    regression: Paired | None
    margin: float = MARGIN
    regression_margin: float = REGRESSION_MARGIN

    @property
    def outcome(self) -> str:
        """unmeasured | partial | few | better | worse | undecided, on the main set."""
        if self.main is None or not self.main.known:
            return "unmeasured"
        if self.main.coverage < MIN_COVERAGE:
            return "partial"
        if self.main.known < MIN_PAIRS:
            return "few"
        if self.main.difference.low > self.margin:
            return "better"
        return "worse" if self.main.difference.high < 0 else "undecided"

    @property
    def regression_outcome(self) -> str:
        """unmeasured | partial | holds | fails, on the general assistant's set."""
        if self.regression is None or self.regression.known < MIN_PAIRS:
            return "unmeasured"
        if self.regression.coverage < MIN_COVERAGE:
            return "partial"
        return "holds" if self.regression.difference.low > -self.regression_margin else "fails"

    @property
    def offered(self) -> bool:
        """Whether promotion offers itself; otherwise it takes a reason."""
        return self.outcome == "better" and self.regression_outcome == "holds"


def judge(candidate: Version, champion: Version, eval_set: EvalSet | None, regression: EvalSet | None) -> Gate:
    """The gate from the stored scores; nothing is answered or scored here. A set that is None is unmeasured."""
    main = compare(candidate, champion, eval_set) if eval_set else None
    return Gate(candidate, champion, main, compare(candidate, champion, regression) if regression else None)


def compare(candidate: Version, champion: Version, eval_set: EvalSet) -> Paired | None:
    """The two versions on one set; None where the set is empty or nothing was ever scored."""
    scorer_set, kinds = ScorerSet.objects.current(), kinds_of(eval_set)
    if scorer_set is None or not kinds:
        return None
    kind, wanted = next(iter(kinds.items()))
    profile = Profile.objects.active_for(datasets_of(eval_set).first(), scorer_set)
    finals = {v: _finals(eval_set, v, scorer_set, kind, profile) for v in (candidate, champion)}
    pairs = sorted(finals[candidate].keys() & finals[champion].keys())
    before = np.array([finals[champion][pair][0] for pair in pairs])  # (B,)
    after = np.array([finals[candidate][pair][0] for pair in pairs])
    dialogues = [finals[candidate][pair][1] for pair in pairs]
    known = ~np.isnan(after - before)
    accepted = [(finals_ >= profile.threshold) & known for finals_ in (before, after)]
    return Paired(
        eval_set=eval_set,
        kind=kind,
        profile=profile,
        wanted=wanted,
        both=len(pairs),
        difference=paired_bootstrap(after - before, dialogues),
        mean_before=float(before[known].mean()) if known.any() else None,
        mean_after=float(after[known].mean()) if known.any() else None,
        outcomes=outcomes(after - before),
        accepted_before=int(accepted[0].sum()),
        accepted_after=int(accepted[1].sum()),
        mcnemar_p=mcnemar_exact(int((accepted[0] & ~accepted[1]).sum()), int((accepted[1] & ~accepted[0]).sum())),
        **_extremes(after - before, [(finals[champion][pair], finals[candidate][pair]) for pair in pairs]),
    )


def _finals(eval_set, version, scorer_set, kind, profile) -> dict[tuple[int, int], tuple[float, int, int]]:
    """(turn, reference) -> (final or NaN, dialogue, score)."""
    names = ("comparison__turn", "comparison__reference", "comparison__turn__dialogue", "pk")
    rows = list(scores_of(eval_set, [version], scorer_set, kind).values_list(*names, *COMPONENTS))
    parts = np.array([row[len(names) :] for row in rows], dtype=float)  # None becomes NaN
    columns = dict(zip(COMPONENTS, parts.reshape(-1, len(COMPONENTS)).T, strict=True))
    finals = final_score(**columns, alpha=profile.alpha, theta=profile.theta)  # (B,)
    return {row[:2]: (float(final), *row[2:4]) for row, final in zip(rows, finals, strict=True)}


def _extremes(differences: np.ndarray, pairs: list) -> dict[str, list[Changed]]:
    """The pairs that gained and that lost most, as far as they did gain or lose."""
    order = [int(i) for i in np.argsort(differences) if not np.isnan(differences[i])]
    chosen = {
        "best": [i for i in reversed(order[-SHOWN:]) if differences[i] > 0],
        "worst": [i for i in order[:SHOWN] if differences[i] < 0],
    }
    wanted = [score[2] for some in chosen.values() for i in some for score in pairs[i]]
    related = ("comparison__turn", "comparison__end", "comparison__reference")
    scores = Score.objects.select_related(*related).in_bulk(wanted)
    return {
        name: [Changed(scores[b[2]], scores[a[2]], b[0], a[0]) for b, a in (pairs[i] for i in some)]
        for name, some in chosen.items()
    }
