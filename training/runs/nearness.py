"""How near each held-out question is to what a run teaches, by the similarity scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogues.answering import messages_of
from dialogues.models import EvalSet, Turn
from knowledge.live import empty
from knowledge.retrieval.items import Item, Question

NEAR = 0.4  # similarity to a taught question from which a held-out one counts as near


def nearness(
    taught: EvalSet, held_out: EvalSet, wordings: Mapping[int, Sequence[str]] | None = None
) -> dict[int, float]:
    """Turn id: similarity of its question, in its conversation, to the nearest taught one, in [0, 1].

    `wordings` are the other ones in which a taught turn was learned. Raises MemoryUnavailable.
    """
    memory, others = empty().memory, wordings or {}
    for turn, question in _questions(taught).items():
        reworded = [Question(text, question.context) for text in others.get(turn, ())]
        memory.put([Item(turn, (question, *reworded), "-")])
    return {turn: memory.similarity_to_nearest(question) for turn, question in _questions(held_out).items()}


def as_json(near: Mapping[int, float]) -> dict[str, float]:
    """As a run stores it."""
    return {str(turn): round(value, 4) for turn, value in near.items()}


def _questions(eval_set: EvalSet) -> Mapping[int, Question]:
    contexts = Turn.objects.of_eval_set(eval_set).order_by("id").contexts()
    return {turn: Question.of(messages_of(context)) for turn, context in contexts.items()}
