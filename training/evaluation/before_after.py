"""The same turns before and after a run: the answers of two versions, and their final scores."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import Answer, EvalSet, Turn
from scoring.models import Score, ScorerSet
from serving.models import Version


@dataclass(frozen=True)
class BeforeAfter:
    """One turn with both answers. Final scores are in [0, 1], None where unknown."""

    turn: Turn
    reference: Answer
    before: str
    after: str
    score_before: float | None
    score_after: float | None


def before_and_after(eval_set: EvalSet, before: Version, after: Version) -> list[BeforeAfter]:
    """In the order of the set; turns that a version has not answered yet are left out."""
    old_scores, new_scores = (_scores_by_pair(eval_set, version) for version in (before, after))
    rows = []
    for item in eval_set.items.select_related("turn", "reference").order_by("id"):
        pair = (item.turn_id, item.reference_id)
        if pair in old_scores and pair in new_scores:
            old, new = old_scores[pair], new_scores[pair]
            answers = old.comparison.end.text, new.comparison.end.text
            rows.append(BeforeAfter(item.turn, item.reference, *answers, old.final, new.final))
    return rows


def _scores_by_pair(eval_set: EvalSet, version: Version) -> dict[tuple[int, int], Score]:
    """(turn id, reference id): the version's score."""
    scores = Score.objects.filter(
        scorer_set=ScorerSet.objects.current(),
        version=version,
        comparison__turn__in=eval_set.items.values("turn"),
        comparison__reference__in=eval_set.items.values("reference"),
    ).select_related("comparison__end")
    return {(score.comparison.turn_id, score.comparison.reference_id): score for score in scores}
