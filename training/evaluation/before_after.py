"""The same turns before and after a run: what the champion said, what the new version says, and both scores."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import Answer, EvalSet
from scoring.models import Score, ScorerSet
from serving.models import Version


@dataclass(frozen=True)
class BeforeAfter:
    """One turn; a score is None where it is unknown."""

    turn: object
    reference: Answer
    before: str
    after: str
    score_before: float | None
    score_after: float | None

    @property
    def gain(self) -> float | None:
        if self.score_before is None or self.score_after is None:
            return None
        return self.score_after - self.score_before


def before_and_after(eval_set: EvalSet, before: Version, after: Version) -> list[BeforeAfter]:
    """In the order of the set; turns that a version has not answered yet are left out."""
    scorer_set = ScorerSet.objects.current()
    pairs = {version: _by_pair(eval_set, version, scorer_set) for version in (before, after)}
    items = eval_set.items.select_related("turn", "reference").order_by("id")
    rows = []
    for item in items:
        pair = (item.turn_id, item.reference_id)
        if pair in pairs[before] and pair in pairs[after]:
            (said, old), (says, new) = pairs[before][pair], pairs[after][pair]
            rows.append(BeforeAfter(item.turn, item.reference, said, says, old, new))
    return rows


def _by_pair(eval_set: EvalSet, version: Version, scorer_set) -> dict[tuple[int, int], tuple[str, float | None]]:
    scores = Score.objects.filter(
        scorer_set=scorer_set,
        version=version,
        comparison__turn__in=eval_set.items.values("turn"),
        comparison__reference__in=eval_set.items.values("reference"),
    ).select_related("comparison__end")
    return {(s.comparison.turn_id, s.comparison.reference_id): (s.comparison.end.text, s.final) for s in scores}
