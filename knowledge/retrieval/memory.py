"""The memory: remembers items, and finds those that answer a question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from knowledge.retrieval.expected import Expected, expected_reply
from knowledge.retrieval.index import Index
from knowledge.retrieval.items import Found, Item, Question

CONTEXT_WEIGHT = 0.7  # measured on the dev part: .460 against .447 without the conversation
NEAR = 64  # items among which the best is chosen
WORDINGS = 512  # of their questions, the nearest, that tell which reply is to be expected
TURN_WEIGHT = 0.3  # of how alike the match scorer finds two questions; measured on the dev part: .502 against .497
BATCH = 512  # questions encoded at once


class Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, shape (B, D)."""


class Match(Protocol):
    def score(self, turns: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """Of each pair, shape (B,), in [0, 1]."""

    def turn_vectors(self, turns: Sequence[str]) -> np.ndarray | None:
        """Unit vectors of customer turns, shape (B, D); None from a scorer that reads turn and answer together."""


@dataclass
class Memory:
    """Items with the vectors of their questions and replies, by the similarity scorer's encoder.

    `match` scores a question and a reply. Not safe for several threads at once.
    """

    encoder: Encoder
    match: Match

    def __post_init__(self) -> None:
        self.items: dict[int, Item] = {}
        self.replies: dict[int, np.ndarray] = {}
        self.turns: dict[int, np.ndarray] = {}  # of the questions, by the match scorer where it has such vectors
        dimensions = self.encoder.encode(["?"]).shape[1]
        self.index = Index(dimensions, CONTEXT_WEIGHT)
        self._by_key: dict[tuple[str, str], set[int]] = {}
        self._by_origin: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self.items)

    def put(self, items: Iterable[Item], report: Callable[[int], None] = lambda _: None) -> None:
        """Remember items; one with the id of another replaces it. `report` is told how many it has taken so far."""
        waiting: list[Item] = []
        taken = 0
        for item in items:
            waiting.append(item)
            if sum(len(waited.questions) for waited in waiting) >= BATCH:
                taken += self._put(waiting)
                report(taken)
                waiting = []
        report(taken + self._put(waiting))

    def drop(self, ids: Iterable[int]) -> None:
        for identity in ids:
            item = self.items.pop(identity, None)
            if item:
                self.replies.pop(identity)
                self.turns.pop(identity, None)
                self.index.drop(identity)
                self._by_origin[item.origin].discard(identity)
                for question in item.questions:
                    self._by_key[question.key].discard(identity)

    def hidden_for(self, question: Question, origin: str) -> set[int]:
        """Items that may not help while a question is evaluated: those of its own dialogue, and of the same question.

        Nobody grades their own notes.
        """
        own = self._by_origin.get(origin, set()) if origin else set()
        return own | self.same(question) | self.same(Question(question.text))

    def same(self, question: Question) -> set[int]:
        """Items with this very question, but for case, spaces and punctuation."""
        return set(self._by_key.get(question.key, ()))

    def find(self, question: Question, hidden: Collection[int] = (), count: int = NEAR) -> list[Found]:
        """Items near the question and in its language, the best first (see Found.rank)."""
        vectors = self._vectors(question)
        near = self._nearest(question, vectors, hidden, count)
        if not near:
            return []
        items = [self.items[owner] for owner, _, _ in near]
        similarities = np.clip([similarity for _, _, similarity in near], 0, 1)
        matches = self.match.score([question.text] * len(items), [item.reply for item in items])
        expected = self._expected(question, vectors, [item.id for item in items])
        likenesses = expected.likenesses(np.stack([self.replies[item.id] for item in items]))
        found = [
            Found(item, item.questions[which], float(similarity), float(match), float(likeness))
            for item, (_, which, _), similarity, match, likeness in zip(
                items, near, similarities, matches, likenesses, strict=True
            )
        ]
        return sorted(found, key=lambda hit: -hit.rank)

    def sureness(self, question: Question, found: Sequence[Found]) -> float:
        """By which the reply of the first of what was found may be given without asking the model, in [0, 1].

        The mean of similarity, match and, twice, its likeness to what all others let expect, as far as that is certain:
        a reply never speaks for itself.
        """
        best, others = found[0], [hit.item.id for hit in found[1:]]
        support = 0.0
        if others:
            expected = self._expected(question, self._vectors(question), others)
            support = float(expected.likenesses(self.replies[best.item.id])) * expected.certainty
        return (best.similarity + best.match + 2 * support) / 4

    def near(self, question: Question, hidden: Collection[int], count: int) -> list[tuple[Item, float]]:
        """Items and how similar their questions are, in [0, 1], nearest first; in the language of the question."""
        near = self._nearest(question, self._vectors(question), hidden, count)
        return [(self.items[owner], float(np.clip(similarity, 0, 1))) for owner, _, similarity in near]

    def similarity_to_nearest(self, question: Question) -> float:
        """Of the question in its conversation, in [0, 1]; 0 where nothing is remembered."""
        near = self.index.nearest(*self._vectors(question), 1)
        return float(np.clip(near[0][2], 0, 1)) if near else 0.0

    def similarity(self, first: Item, second: Item) -> float:
        """Of the two of their questions that are most similar, in [0, 1]; 0 where one of them has none."""
        if not (first.questions and second.questions):
            return 0.0
        questions, others = (self.index.wordings([item.id])[1] for item in (first, second))
        return float(np.clip(questions @ others.T, 0, 1).max())

    def likeness(self, first: str, second: str) -> float:
        """Similarity of two replies, in [0, 1]."""
        vectors = self.encoder.encode([first, second])
        return float(np.clip(vectors[0] @ vectors[1], 0, 1))

    def _vectors(self, question: Question) -> tuple[np.ndarray, np.ndarray | None]:
        """Of a question and of its context, None where it has none; each of shape (D,)."""
        own, before = self.encoder.encode([question.text, question.context])
        return own, before if question.context else None

    def _nearest(
        self, question: Question, vectors: tuple[np.ndarray, np.ndarray | None], hidden: Collection[int], count: int
    ) -> list[tuple[int, int, float]]:
        """As the index tells it, of the items in the language of the question; `vectors` are those of the question."""
        return self.index.nearest(*vectors, count, lambda owner: owner not in hidden, question.languages)

    def _expected(
        self, question: Question, vectors: tuple[np.ndarray, np.ndarray | None], ids: Sequence[int]
    ) -> Expected:
        """Which reply the replies of these items let expect; `vectors` are those of the question."""
        whose, known = self.index.wordings(ids)
        asked = known @ self.index.joined(*vectors)
        nearest = np.argsort(-asked, kind="stable")[:WORDINGS]
        whose, known, asked = whose[nearest], known[nearest], asked[nearest]
        among = known @ known.T
        turn = self.match.turn_vectors([question.text])
        if turn is not None:
            turns = np.concatenate([self.turns[identity] for identity in ids])[nearest].astype(np.float32)
            asked = (1 - TURN_WEIGHT) * asked + TURN_WEIGHT * (turns @ turn[0])
            among = (1 - TURN_WEIGHT) * among + TURN_WEIGHT * (turns @ turns.T)
        return expected_reply(asked, among, np.stack([self.replies[identity] for identity in ids])[whose])

    def _put(self, items: list[Item]) -> int:
        if not items:
            return 0
        self.drop([item.id for item in items])
        questions = [question for item in items for question in item.questions]
        count = len(questions)
        texts = [question.text for question in questions] + [question.context for question in questions]
        vectors = self.encoder.encode(texts + [item.reply for item in items])
        for item, reply in zip(items, vectors[2 * count :], strict=True):
            self.items[item.id], self.replies[item.id] = item, reply
            self._by_origin.setdefault(item.origin, set()).add(item.id)
        turns = self.match.turn_vectors(texts[:count]) if count else None
        row = 0
        for item in items:
            rows = slice(row, row + len(item.questions))
            contexts = [question.context for question in item.questions]
            self.index.add(item.id, vectors[:count][rows], contexts, vectors[count : 2 * count][rows], item.language)
            if turns is not None:
                self.turns[item.id] = turns[rows].astype(np.float16)
            row = rows.stop
            for question in item.questions:
                self._by_key.setdefault(question.key, set()).add(item.id)
        return len(items)
