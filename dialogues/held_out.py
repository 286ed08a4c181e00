"""What belongs to test dialogues: nothing that people said in them may be learned or shown as an example."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from dialogues.models import Answer, Turn
from ecc_site.core.batching import batched
from serving.corpus import normalised

TEACHABLE = ("train", "dev")  # the splits that may be learned from


class HeldOutReplies:
    """People's replies to the given questions in test dialogues of any dataset (invariant 4).

    A question is compared without the spaces around it, a reply without case, spaces and punctuation.
    """

    def __init__(self, questions: Collection[str]):
        self._replies: dict[str, set[str]] = {}
        for batch in batched(sorted({question.strip() for question in questions})):
            answers = _said_in_test().filter(turn__text__in=batch)
            for question, reply in answers.values_list("turn__text", "text"):
                self._replies.setdefault(question.strip(), set()).add(normalised(reply))

    def asks(self, question: str) -> bool:
        """Whether a test dialogue asks the same and a person replied there."""
        return question.strip() in self._replies

    def has(self, question: str, reply: str) -> bool:
        """Whether a test dialogue has this very pair."""
        return normalised(reply) in self._replies.get(question.strip(), ())


def asked_in_test(questions: Collection[str]) -> set[str]:
    """Those of the questions that customers ask in test dialogues, whether or not anybody replied there."""
    asked: set[str] = set()
    for batch in batched(sorted({question.strip() for question in questions})):
        turns = Turn.objects.filter(dialogue__split="test", role="customer", text__in=batch)
        asked.update(turns.values_list("text", flat=True))
    return {question for question in questions if question.strip() in asked}


class AllHeldOutReplies:
    """The same of all questions at once, in one pass over the test dialogues: for whoever asks about very many.

    Of each pair a hash is kept, some 70 bytes. Two pairs with the same are as good as impossible, and would only keep
    one more out.
    """

    def __init__(self) -> None:
        pairs = _said_in_test().order_by().values_list("turn__text", "text")
        self._pairs = {_hash(question, reply) for question, reply in pairs.iterator(chunk_size=2000)}

    def has(self, question: str, reply: str) -> bool:
        """Whether a test dialogue has this very pair."""
        return _hash(question, reply) in self._pairs


def _said_in_test() -> QuerySet[Answer]:
    return Answer.objects.filter(turn__dialogue__split="test").exclude(source="model")


def _hash(question: str, reply: str) -> int:
    return hash((question.strip(), normalised(reply)))
