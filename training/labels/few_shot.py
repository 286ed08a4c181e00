"""Question/answer examples for the teacher's prompt: what people wrote or accepted, from the train split only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dialogues.held_out import HeldOutReplies
from dialogues.models import Answer, Dataset, Dialogue
from serving.corpus import normalised
from training.labels.models import Label

SHORTEST_QUESTION = 4  # characters; “好的” teaches nothing
LONGEST = 600  # characters of question and answer together, so that no example takes the room of many
COLUMNS = ("turn__text", "text", "turn__dialogue_id", "turn__dialogue__content_hash")
POOL = 20_000  # examples among which the nearest question is looked for


@dataclass(frozen=True)
class Example:
    question: str
    answer: str
    dialogue_id: int
    origin: str = ""  # hash of the dialogue


def examples_of(dataset: Dataset, count: int) -> list[Example]:
    """At most `count` examples, the same ones for the same database: people's labels, then human agents' replies.

    The replies are spread evenly over the train split. No example comes from a dialogue that never leaves, and none
    is a pair that also occurs in a test dialogue of any dataset.
    """
    if not count:
        return []
    return _usable([*_from_labels(dataset, count), *_from_agents(dataset, 2 * count)])[:count]


class NearestQuestions:
    """Finds the examples whose questions are nearest, by TF-IDF of character 1- and 2-grams."""

    def __init__(self, pool: Sequence[Example]) -> None:
        self.pool = pool

    @cached_property
    def _index(self) -> tuple[Any, Any]:
        """The vectorizer and the vectors of the questions, sparse, shape (N, features)."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        return vectorizer, vectorizer.fit_transform(example.question for example in self.pool)

    def of(self, question: str, dialogue_id: int, count: int) -> list[Example]:
        """At most `count`, the nearest last; none from the same dialogue, which would give the answer away."""
        if not self.pool:
            return []
        vectorizer, vectors = self._index
        similarity = (vectors @ vectorizer.transform([question]).T).toarray()[:, 0]  # (N,)
        order = (int(i) for i in similarity.argsort(kind="stable")[::-1] if similarity[i] > 0)
        others = (self.pool[i] for i in order if self.pool[i].dialogue_id != dialogue_id)
        return [example for example, _ in zip(others, range(count), strict=False)][::-1]


def _from_labels(dataset: Dataset, count: int) -> list[Example]:
    labels = Label.objects.chosen().filter(dataset=dataset, source="person", split="train")
    labels = labels.filter(turn__dialogue__in=Dialogue.objects.may_leave()).order_by("id")
    return _examples(labels.values_list(*COLUMNS)[:count])


def _from_agents(dataset: Dataset, count: int) -> list[Example]:
    replies = Answer.objects.filter(source="human", turn__dialogue__dataset=dataset)
    replies = replies.filter(turn__dialogue__split="train", turn__dialogue__in=Dialogue.objects.may_leave())
    ids = list(replies.order_by("id").values_list("pk", flat=True))
    spread = ids[:: max(1, len(ids) // count)][:count]
    rows = Answer.objects.filter(pk__in=spread).order_by("id")
    return _examples(rows.values_list(*COLUMNS))


def _examples(rows: Iterable[tuple[str, str, int, str]]) -> list[Example]:
    return [Example(question.strip(), answer.strip(), pk, origin) for question, answer, pk, origin in rows]


def _usable(examples: list[Example]) -> list[Example]:
    """Leaves out repeated questions, examples that are too short or too long, and pairs of a test dialogue."""
    first: dict[str, Example] = {}
    for example in examples:
        fits = len(example.question) >= SHORTEST_QUESTION and len(example.question + example.answer) <= LONGEST
        if fits and example.answer:
            first.setdefault(normalised(example.question), example)
    held_out = HeldOutReplies([example.question for example in first.values()])
    return [example for example in first.values() if not held_out.has(example.question, example.answer)]
