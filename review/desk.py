"""All that the desk shows about an item, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from dialogues.models import Answer, Comparison, Turn
from review.models import RoundItem, VerdictRevision
from review.remembering import remembered_from
from scoring.models import Score, ScorerSet


@dataclass(frozen=True)
class Unsaved:
    """What somebody wrote in a verdict that was refused."""

    item: RoundItem
    correction: str
    note: str


@dataclass(frozen=True)
class Desk:
    item: RoundItem
    comparison: Comparison
    earlier_turns: list[Turn]  # what was said before the turn that is answered
    human: Answer | None  # the human agent's reply; None if there is none or it is the reference itself
    score: Score | None
    earlier: VerdictRevision | None  # what the annotator decided before, if they undid it
    correction: str  # what the editors start with
    note: str
    remembered: list[str]  # where the end answer was remembered from; empty if the model wrote it

    @classmethod
    def at(cls, item: RoundItem, annotator: User, unsaved: Unsaved | None = None) -> Desk:
        comparison = Comparison.objects.with_answers().get(pk=item.comparison_id)
        turn = comparison.turn
        turns = Turn.objects.filter(dialogue=turn.dialogue_id, position__lt=turn.position)
        earlier = VerdictRevision.objects.filter(current_of__annotator=annotator, current_of__item=item).first()
        human = None if comparison.kind == "human" else Answer.objects.filter(turn=turn, source="human").first()
        written = unsaved if unsaved and unsaved.item == item else None
        return cls(
            item=item,
            comparison=comparison,
            earlier_turns=list(turns.order_by("position")),
            human=human,
            score=_score(comparison),
            earlier=earlier,
            correction=_first_text("correction", written, earlier),
            note=_first_text("note", written, earlier),
            remembered=remembered_from(comparison.end),
        )


def _first_text(name: str, *sources: Unsaved | VerdictRevision | None) -> str:
    return next(filter(None, (getattr(source, name, "") for source in sources)), "")


def _score(comparison: Comparison) -> Score | None:
    scores = Score.objects.filter(comparison=comparison, scorer_set=ScorerSet.objects.current())
    return scores.select_related("profile").first()
