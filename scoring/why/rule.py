"""Which rule of Eq. 1 made a final score, what each component brought, and what else would come out. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isnan, nan

from scoring.fusion import final_score
from scoring.parameters import Parameters


class Rule(StrEnum):
    """The rows of the truth table, in the order in which they are asked."""

    NOTHING_KNOWN = "neither similarity nor the match of the reference is known"
    NO_SIMILARITY = "similarity is unknown"
    NO_REFERENCE_MATCH = "the match of the reference is unknown"
    SIMILARITY_ALONE = "the reference matches the question below Θ"
    NO_MATCH = "both count, and the match of the answer is unknown"
    BOTH = "both count"


@dataclass(frozen=True)
class Decision:
    """The components of one comparison in [0, 1], None for unknown, and the parameters under which they count."""

    similarity: float | None
    match: float | None
    reference_match: float | None
    parameters: Parameters

    @property
    def rule(self) -> Rule:
        if self.similarity is None:
            return Rule.NOTHING_KNOWN if self.reference_match is None else Rule.NO_SIMILARITY
        if self.reference_match is None:
            return Rule.NO_REFERENCE_MATCH
        if self.reference_match < self.parameters.theta:
            return Rule.SIMILARITY_ALONE
        return Rule.NO_MATCH if self.match is None else Rule.BOTH

    @property
    def final(self) -> float | None:
        known = (self.similarity, self.match, self.reference_match)
        similarity, match, reference_match = (nan if part is None else part for part in known)
        alpha, theta = self.parameters.alpha, self.parameters.theta
        final = float(final_score(similarity, match, reference_match, alpha, theta))
        return None if isnan(final) else final

    @property
    def is_acceptable(self) -> bool | None:
        """None where the final score is unknown."""
        return None if self.final is None else self.final >= self.parameters.threshold

    @property
    def contributions(self) -> dict[str, float]:
        """What each component brings to the final score; their sum. Empty where that is unknown."""
        if self.similarity is None or self.final is None:
            return {}
        if self.rule == Rule.SIMILARITY_ALONE:
            return {"similarity": self.similarity}
        alpha = self.parameters.alpha
        return {"similarity": alpha * self.similarity, "match": (1 - alpha) * (self.match or 0.0)}

    @property
    def under_the_other_rule(self) -> Decision | None:
        """The same with Θ moved just so far that the other rule applies; None where no Θ in [0, 1] does that."""
        if self.similarity is None or self.reference_match is None:
            return None
        if self.rule == Rule.SIMILARITY_ALONE:
            return replace(self, parameters=replace(self.parameters, theta=self.reference_match))
        return None if self.reference_match >= 1 else replace(self, parameters=replace(self.parameters, theta=1.0))

    @property
    def needed_similarity(self) -> float | None:
        """From which similarity on the answer is acceptable with the match that it has: below 0, any; above 1, none.

        None where the similarity does not decide: it counts nothing, or another part is unknown.
        """
        alpha, threshold = self.parameters.alpha, self.parameters.threshold
        if self.rule == Rule.SIMILARITY_ALONE:
            return threshold
        if self.rule != Rule.BOTH or alpha == 0 or self.match is None:
            return None
        return (threshold - (1 - alpha) * self.match) / alpha
