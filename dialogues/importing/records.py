"""What a reader makes of a file, and what is checked of it before it is cleaned and stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from dialogues.importing.refused import Refused
from dialogues.importing.texts import storable
from serving.runtimes.language import language_of

SPLITS = ("train", "dev", "test")
MAX_TURNS, MAX_CHARACTERS = 2_000, 20_000


class RawTurn(NamedTuple):
    """A message as the file has it; `role` is whatever the file calls the speaker."""

    role: str
    text: str
    given: dict[str, Any] | None = None  # answers and verdict of a customer's turn


@dataclass(slots=True)
class RawDialogue:
    """A conversation as the file has it."""

    turns: list[RawTurn]
    source_id: str = ""
    split: str = ""  # empty: decided by the content
    ended_at: datetime | None = None  # time of the last turn, where the file has times
    satisfaction: float | None = None  # of the customer with the whole conversation, where the file has it
    left_out: dict[str, int] = field(default_factory=dict)  # what is no text, such as images, by its name


class Skipped(NamedTuple):
    """A record that is no dialogue on purpose; `name` says what it is."""

    name: str


Numbered = tuple[int, RawDialogue | Refused | Skipped]
"""With the number of the line, row or element where it begins, from 1."""

Items = Iterator[Numbered]


class ParsedTurn(NamedTuple):
    """A message with its standard role (customer, agent or event), as it was said and as it was cleaned."""

    role: str
    raw: str
    text: str
    formula: str = ""  # greeting or closing, where it is one that is said to everybody
    given: dict[str, Any] | None = None


@dataclass(slots=True)
class ParsedDialogue:
    """A conversation that can be stored. `content_hash` is the SHA-256 of the raw roles and texts in the file."""

    turns: list[ParsedTurn]
    source_id: str = ""
    split: str = ""
    ended_at: datetime | None = None
    content_hash: str = ""
    language: str = ""  # by the script of the cleaned texts
    bands: list[int] = field(default_factory=list)  # by which near duplicates are found
    tokens: str = ""  # for the search
    satisfaction: float | None = None
    never_leaves: bool = False
    stored_at: datetime | None = None  # of one that was stored before and is put back

    def __post_init__(self) -> None:
        if not self.language:
            self.language = language_of([turn.text for turn in self.turns])
        if not self.content_hash:
            content = json.dumps([[turn.role, turn.raw] for turn in self.turns], ensure_ascii=False)
            self.content_hash = hashlib.sha256(content.encode()).hexdigest()

    @property
    def text(self) -> str:
        """All cleaned turns, one a line."""
        return "\n".join(turn.text for turn in self.turns)

    def replies(self) -> dict[int, str]:
        """By the position of each customer turn that wants an answer, of several in a row the last, the agent's reply.

        That is the agent's messages before the customer's next one, joined by line breaks; empty where there is none.
        """
        said: dict[int, list[str]] = {}
        asked = -1
        for i, (role, _raw, text, *_more) in enumerate(self.turns):
            if role == "customer":
                asked = i
            elif role == "agent" and asked >= 0:
                said.setdefault(asked, []).append(text)
        if asked >= 0:
            said.setdefault(asked, [])
        return {i: "\n".join(filter(None, texts)) for i, texts in said.items() if self.turns[i].text}


def parsed(raw: RawDialogue, role_of: Callable[[str], str | None]) -> ParsedDialogue:
    """The conversation with standard roles and storable texts, not cleaned yet. Raises Refused.

    `role_of` gives customer, agent, event, an empty text for what is left out, or None, by the name in the file.
    """
    if raw.split and raw.split not in SPLITS:
        raise Refused("split", "split")
    if len(raw.turns) > MAX_TURNS:
        raise Refused("most_turns", "turns", limit=MAX_TURNS)
    turns = []
    for i, (name, text, given) in enumerate(raw.turns):
        role = role_of(storable(name))
        if role is None:
            raise Refused("role", f"turns[{i}].role", role=name[:40])
        if len(text) > MAX_CHARACTERS:
            raise Refused("long_text", f"turns[{i}].text", limit=MAX_CHARACTERS)
        if role:
            said = storable(text)
            turns.append(ParsedTurn(role, said, said, given=given if role == "customer" else None))
    source_id = storable(raw.source_id)[:200]
    return ParsedDialogue(turns, source_id, raw.split, raw.ended_at, satisfaction=raw.satisfaction)
