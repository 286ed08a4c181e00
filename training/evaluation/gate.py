"""The gate: is a candidate better than the champion, and has it forgotten nothing?"""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import EvalSet
from serving.models import Version
from training.evaluation.paired_comparison import MIN_COVERAGE, MIN_PAIRS, PairedComparison, compare

MARGIN = 0.0  # the gain that the whole interval must exceed
REGRESSION_MARGIN = 0.05  # the loss on the general assistant's set that the whole interval must exclude


@dataclass(frozen=True)
class Gate:
    """Two comparisons, each None where it could not be made, and what follows from them.

    Nothing follows before the set has assessed the candidate: only so does it know how many have been looked at.
    """

    candidate: Version
    champion: Version
    main: PairedComparison | None
    regression: PairedComparison | None
    margin: float = MARGIN
    regression_margin: float = REGRESSION_MARGIN

    @classmethod
    def from_scores(
        cls, candidate: Version, champion: Version, eval_set: EvalSet | None, regression_set: EvalSet | None
    ) -> Gate:
        """From the stored scores: nothing is answered or scored here. A set that is None counts as unmeasured."""
        main = compare(candidate, champion, eval_set) if eval_set else None
        regression = compare(candidate, champion, regression_set) if regression_set else None
        return cls(candidate, champion, main, regression)

    @property
    def outcome(self) -> str:
        """unmeasured | partial | few | unassessed | better | worse | undecided, on the main set."""
        if self.main is None or not self.main.known:
            return "unmeasured"
        if not self.main.is_enough:
            return "partial" if self.main.coverage < MIN_COVERAGE else "few"
        if self.main.number is None:
            return "unassessed"
        if self.main.difference.lies_above(self.margin):
            return "better"
        return "worse" if self.main.difference.lies_below(0) else "undecided"

    @property
    def regression_outcome(self) -> str:
        """unmeasured | partial | unassessed | holds | fails, on the general assistant's set."""
        if self.regression is None or self.regression.known < MIN_PAIRS:
            return "unmeasured"
        if not self.regression.is_enough:
            return "partial"
        if self.regression.number is None:
            return "unassessed"
        return "holds" if self.regression.difference.lies_above(-self.regression_margin) else "fails"

    @property
    def licence_outcome(self) -> str:
        """Whether the scorer may speak for people on the main set: unknown | passed | failed | too few."""
        return self.main.licence.outcome if self.main else "unknown"

    @property
    def is_borne_out(self) -> bool:
        """Whether people's verdicts on both versions say by themselves that the candidate is better."""
        people = self.main.people.difference if self.main else None
        return people is not None and people.lies_above(self.margin)

    @property
    def lacks_verdicts(self) -> bool:
        """Whether the scores say that it is better, but may not say so alone."""
        return self.outcome == "better" and self.licence_outcome == "failed" and not self.is_borne_out

    @property
    def offered(self) -> bool:
        """Whether the version can be promoted without giving a reason."""
        return self.outcome == "better" and self.regression_outcome == "holds" and not self.lacks_verdicts
