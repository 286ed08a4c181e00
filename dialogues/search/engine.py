"""What the index of a database engine does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

TABLE = "dialogues_search"
END = 0  # an id that no dialogue has: there is nothing further


class IndexedDialogue(NamedTuple):
    """A dialogue to be indexed."""

    id: int
    dataset: int
    split: str
    language: str
    texts: Sequence[str]
    tokens: str = ""  # `as_tokens` of the texts, where that is known already


@dataclass(frozen=True)
class SearchTerms:
    """The dialogues that have all of these tokens, and a word that begins so where one is given."""

    tokens: Sequence[str]
    begun: str = ""


@dataclass(frozen=True)
class Batch:
    """Ids in their order. All dialogues up to `reached` have been looked at; END: all there are."""

    ids: list[int]
    reached: int


class Engine(Protocol):
    """Functions of a connection, which belongs to this engine."""

    def create(self, connection: Any) -> None:
        """The table and the triggers, where they are missing."""

    def create_triggers(self, connection: Any) -> None:
        """A dialogue that is deleted, by whatever query, takes its row along."""

    def drop(self, connection: Any) -> None: ...

    def add(self, connection: Any, rows: Iterable[IndexedDialogue]) -> None:
        """Add dialogues that the index does not have."""

    def replace(self, connection: Any, rows: Sequence[IndexedDialogue]) -> None:
        """Add dialogues that the index may have."""

    def find(self, connection: Any, wanted: SearchTerms, start: int, limit: int, newer: bool) -> Batch:
        """At most `limit` of those with lower ids than `start`, the highest first; with higher ones if `newer`."""
