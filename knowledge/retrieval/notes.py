"""Facts and rules, which a model is told before it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.retrieval.items import Note, Question
from knowledge.retrieval.memory import Match

FACTS = 3  # at most, those that match the question best
LEAST_MATCH = 0.5  # of a question and a fact; unrelated texts reach .28 in a quarter of cases


@dataclass
class Notes:
    """All facts and rules; `match` scores a question and a fact."""

    match: Match
    notes: dict[int, Note] = field(default_factory=dict)

    def put(self, notes: Iterable[Note]) -> None:
        self.notes.update((note.id, note) for note in notes)

    def drop(self, ids: Iterable[int]) -> None:
        for identity in ids:
            self.notes.pop(identity, None)

    def of(self, question: Question) -> list[Note]:
        """The rules, then the facts that fit the question, all in its language or in none."""
        languages = question.languages
        fitting = [note for note in self.notes.values() if note.language in languages]
        facts = [note for note in fitting if not note.is_rule]
        matches = self.match.score([question.text] * len(facts), [fact.text for fact in facts]) if facts else ()
        best = sorted(zip(matches, facts, strict=True), key=lambda pair: -pair[0])[:FACTS]
        return [note for note in fitting if note.is_rule] + [fact for match, fact in best if match >= LEAST_MATCH]
