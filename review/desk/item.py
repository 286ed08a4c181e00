"""All that the desk shows about an item, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from dialogues.models import Answer, Comparison, Turn, UsedEntry
from review.models import RoundItem, VerdictRevision
from review.remembering import origins_of
from scoring.models import Score, ScorerSet
from serving.runtimes.numbers import invented


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
    new_numbers: list[str]  # of the end answer: those that occur in nothing that the model has read

    @classmethod
    def at(cls, item: RoundItem, annotator: User, unsaved: Unsaved | None = None) -> Desk:
        comparison = Comparison.objects.with_answers().get(pk=item.comparison_id)
        turn = comparison.turn
        turns = list(Turn.objects.filter(dialogue=turn.dialogue_id, position__lt=turn.position).order_by("position"))
        earlier = VerdictRevision.objects.filter(current_of__annotator=annotator, current_of__item=item).first()
        human = None if comparison.kind == "human" else Answer.objects.filter(turn=turn, source="human").first()
        used = list(UsedEntry.objects.filter(answer=comparison.end_id).select_related("entry__author"))
        written = unsaved if unsaved and unsaved.item == item else None
        return cls(
            item=item,
            comparison=comparison,
            earlier_turns=turns,
            human=human,
            score=_score(comparison),
            earlier=earlier,
            correction=_first_text("correction", written, earlier),
            note=_first_text("note", written, earlier),
            remembered=list(origins_of(entry.entry for entry in used if entry.use in UsedEntry.GIVEN).values()),
            new_numbers=_new_numbers(comparison.end.text, [*turns, turn], used),
        )


def _first_text(name: str, *sources: Unsaved | VerdictRevision | None) -> str:
    return next(filter(None, (getattr(source, name, "") for source in sources)), "")


def _score(comparison: Comparison) -> Score | None:
    scores = Score.objects.filter(comparison=comparison, scorer_set=ScorerSet.objects.current())
    return scores.select_related("profile").first()


def _new_numbers(answer: str, conversation: list[Turn], used: list[UsedEntry]) -> list[str]:
    return invented(answer, [*(turn.text for turn in conversation), *(entry.entry.text for entry in used)])
