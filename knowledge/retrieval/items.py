"""What the memory holds, what it is asked, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serving.corpus import normalised
from serving.runtimes.language import language_of
from serving.runtimes.protocol import Message


@dataclass(frozen=True)
class Question:
    """A customer's turn, and their turn before it: “and for kids?” means something else after another question."""

    text: str
    context: str = ""

    @classmethod
    def of(cls, conversation: Sequence[Message]) -> Question:
        """The last customer turn of a conversation. Raises ValueError where there is none."""
        asked = [message.text for message in conversation if message.role == "customer"]
        if not asked:
            raise ValueError("nobody asks anything in this conversation")
        return cls(asked[-1], asked[-2] if len(asked) > 1 else "")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, by script, of what can answer it; empty stands for any. Numbers and signs alone fit all."""
        language = language_of([self.text, self.context])
        return ("", "zh", "en", "other") if language == "other" else ("", language)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for questions that differ in case, spaces and punctuation alone; their own text where that is all."""
        return normalised(self.text) or self.text, normalised(self.context)


@dataclass(frozen=True)
class Item:
    """A reply that the shop stands by, to a question in one or more wordings."""

    id: int
    questions: tuple[Question, ...]
    reply: str
    language: str = ""  # zh | en | other; empty: fits any
    origin: str = ""  # what it was learned from, such as the hash of a dialogue; empty: nothing that could be measured
    stays: bool = False  # never in a prompt that leaves the shop


@dataclass(frozen=True)
class Note:
    """A fact, which is shown where it fits the question, or a rule, which always holds."""

    id: int
    text: str
    is_rule: bool
    language: str = ""
    stays: bool = False


@dataclass(frozen=True)
class Found:
    """An item near a question; all numbers are in [0, 1]."""

    item: Item
    question: Question  # its nearest wording
    similarity: float  # of the two questions in their conversations
    match: float  # of the question that was asked and the item's reply
    likeness: float  # of its reply and the one that all items found let expect (expected.py)

    @property
    def fit(self) -> float:
        """Mean of similarity and match."""
        return (self.similarity + self.match) / 2

    @property
    def rank(self) -> float:
        """By which the best is chosen: Eq. 1 of the paper with α = .5, the expected reply in place of the cloud's."""
        return (self.match + self.likeness) / 2
