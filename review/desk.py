"""Everything that the desk shows about one item, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import Answer, Comparison, Turn
from review.models import RoundItem, Verdict, VerdictRevision
from scoring.models import Score, ScorerSet


@dataclass(frozen=True)
class Desk:
    item: RoundItem
    comparison: Comparison
    conversation: list[Turn]  # up to and with the turn that is answered
    human: Answer | None  # where the human agent's reply is not the reference itself
    score: Score | None
    earlier: VerdictRevision | None  # what the annotator said before undoing it

    @classmethod
    def at(cls, item: RoundItem, annotator) -> Desk:
        comparison = Comparison.objects.with_answers().get(pk=item.comparison_id)
        turn = comparison.turn
        spoken = Turn.objects.filter(dialogue=turn.dialogue_id, position__lte=turn.position)
        verdict = Verdict.objects.filter(annotator=annotator, round=item.round_id, comparison=comparison)
        last = verdict.select_related("current").first()
        human = None if comparison.kind == "human" else Answer.objects.filter(turn=turn, source="human").first()
        return cls(
            item=item,
            comparison=comparison,
            conversation=list(spoken.order_by("position")),
            human=human,
            score=_score(comparison),
            earlier=last.current if last else None,
        )

    @property
    def suggestion(self) -> str:
        """What the correction's editor starts with: an earlier correction, else the reference answer."""
        if self.earlier and self.earlier.correction:
            return self.earlier.correction
        return self.comparison.reference.text


def _score(comparison: Comparison) -> Score | None:
    scores = Score.objects.filter(comparison=comparison, scorer_set=ScorerSet.objects.current())
    return scores.select_related("profile").first()
