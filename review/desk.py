"""All that the desk shows about an item, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from dialogues.models import Answer, Comparison, Turn
from review.models import RoundItem, Verdict, VerdictRevision
from scoring.models import Score, ScorerSet


@dataclass(frozen=True)
class Desk:
    item: RoundItem
    comparison: Comparison
    conversation: list[Turn]  # up to and including the turn that is answered
    human: Answer | None  # the human agent's reply; None if there is none or it is the reference itself
    score: Score | None
    earlier: VerdictRevision | None  # what the annotator decided before, if they undid it

    @classmethod
    def at(cls, item: RoundItem, annotator: User) -> Desk:
        comparison = Comparison.objects.with_answers().get(pk=item.comparison_id)
        turn = comparison.turn
        turns = Turn.objects.filter(dialogue=turn.dialogue_id, position__lte=turn.position)
        verdicts = Verdict.objects.filter(annotator=annotator, round=item.round_id, comparison=comparison)
        verdict = verdicts.select_related("current").first()
        human = None if comparison.kind == "human" else Answer.objects.filter(turn=turn, source="human").first()
        return cls(
            item=item,
            comparison=comparison,
            conversation=list(turns.order_by("position")),
            human=human,
            score=_score(comparison),
            earlier=verdict.current if verdict else None,
        )


def _score(comparison: Comparison) -> Score | None:
    scores = Score.objects.filter(comparison=comparison, scorer_set=ScorerSet.objects.current())
    return scores.select_related("profile").first()
