"""Question/answer examples for the teacher's prompt: what people said or accepted, from the train split only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dialogues.held_out import HeldOutReplies
from dialogues.models import Answer, Dataset
from serving.corpus import normalised
from training.labels.models import Label

SHORTEST_QUESTION = 4  # characters; “好的” teaches nothing
LONGEST = 600  # characters of question and answer together, so that none takes the room of many
POOL = 20_000  # questions among which the nearest are looked for


@dataclass(frozen=True)
class Example:
    question: str
    answer: str
    dialogue_id: int


def examples_of(dataset: Dataset, count: int) -> list[Example]:
    """At most `count` examples, the same for the same database: accepted labels first, then replies of human agents.

    The replies are spread evenly over the train split. Nothing comes from a dialogue that never leaves, nor a pair
    that also occurs in a test dialogue of any dataset.
    """
    if not count or dataset.never_leaves:
        return []
    accepted = _from_labels(dataset, count)
    return _usable([*accepted, *_from_agents(dataset, 2 * count)])[:count]


class NearestQuestions:
    """Finds examples whose question is nearest, by TF-IDF of character 1-2-grams."""

    def __init__(self, pool: Sequence[Example]):
        self.pool = pool

    @cached_property
    def _index(self):
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        return vectorizer, vectorizer.fit_transform(example.question for example in self.pool)  # (N, features)

    def of(self, question: str, dialogue_id: int, count: int) -> list[Example]:
        """At most `count`, the nearest last, none from the dialogue that asks: it would give the answer away."""
        if not self.pool:
            return []
        vectorizer, known = self._index
        closeness = (known @ vectorizer.transform([question]).T).toarray()[:, 0]  # (N,)
        order = (int(i) for i in closeness.argsort(kind="stable")[::-1] if closeness[i] > 0)
        others = (self.pool[i] for i in order if self.pool[i].dialogue_id != dialogue_id)
        return [example for example, _ in zip(others, range(count), strict=False)][::-1]


def _from_labels(dataset: Dataset, count: int) -> list[Example]:
    labels = Label.objects.chosen().filter(dataset=dataset, source="person", split="train")
    labels = labels.filter(turn__dialogue__never_leaves=False).order_by("id")
    return _examples(labels.values_list("turn__text", "text", "turn__dialogue_id")[:count])


def _from_agents(dataset: Dataset, count: int) -> list[Example]:
    replies = Answer.objects.filter(source="human", turn__dialogue__dataset=dataset)
    replies = replies.filter(turn__dialogue__split="train", turn__dialogue__never_leaves=False)
    ids = list(replies.order_by("id").values_list("pk", flat=True))
    spread = ids[:: max(1, len(ids) // count)][:count]
    rows = Answer.objects.filter(pk__in=spread).order_by("id")
    return _examples(rows.values_list("turn__text", "text", "turn__dialogue_id"))


def _examples(rows: Iterable[tuple[str, str, int]]) -> list[Example]:
    return [Example(question.strip(), answer.strip(), dialogue) for question, answer, dialogue in rows]


def _usable(examples: list[Example]) -> list[Example]:
    """Without repeated questions, those too short or too long, and pairs of a test dialogue."""
    first: dict[str, Example] = {}
    for example in examples:
        fits = len(example.question) >= SHORTEST_QUESTION and len(example.question + example.answer) <= LONGEST
        if fits and example.answer:
            first.setdefault(normalised(example.question), example)
    held_out = HeldOutReplies([example.question for example in first.values()])
    return [example for example in first.values() if not held_out.has(example.question, example.answer)]
