"""What belongs to test dialogues: nothing that people said in them may be learned or shown as an example."""

from __future__ import annotations

from collections.abc import Collection

from dialogues.models import Answer
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
            answers = Answer.objects.filter(turn__dialogue__split="test", turn__text__in=batch).exclude(source="model")
            for question, reply in answers.values_list("turn__text", "text"):
                self._replies.setdefault(question.strip(), set()).add(normalised(reply))

    def asks(self, question: str) -> bool:
        """Whether a test dialogue asks the same and a person replied there."""
        return question.strip() in self._replies

    def has(self, question: str, reply: str) -> bool:
        """Whether a test dialogue has this very pair."""
        return normalised(reply) in self._replies.get(question.strip(), ())
