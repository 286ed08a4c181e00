"""Parsers: a record in, a ParsedDialogue out, or LineProblem raised with the field and what was expected. No Django."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from dialogues.cleaning import clean
from ecc_site.core.jsonl import LineProblem

ROLES = ("customer", "agent", "event")
SPLITS = ("train", "dev", "test")
MAX_TURNS, MAX_CHARACTERS = 2_000, 20_000


@dataclass(frozen=True)
class ParsedTurn:
    role: str
    raw: str
    text: str


@dataclass(frozen=True)
class ParsedDialogue:
    turns: list[ParsedTurn]
    source_id: str = ""
    split: str = ""  # empty: decided by the content hash
    content_hash: str = field(init=False)

    def __post_init__(self):
        said = json.dumps([[t.role, t.raw] for t in self.turns], ensure_ascii=False)
        object.__setattr__(self, "content_hash", hashlib.sha256(said.encode()).hexdigest())

    def open_positions(self) -> list[int]:
        """Positions of the customer turns that want an answer: a run of messages is answered after its last one."""
        spoken = [(i, t.role) for i, t in enumerate(self.turns) if t.role != "event"]
        following = [role for _, role in spoken[1:]] + ["agent"]
        return [
            i
            for (i, role), after in zip(spoken, following, strict=True)
            if role == "customer" and after != "customer" and self.turns[i].text
        ]


def parse_turns(record: dict) -> ParsedDialogue:
    """`{turns: [{role, text}], id?, split?}`; other fields are not read. Raises LineProblem."""
    turns = record.get("turns")
    if not isinstance(turns, list) or not turns:
        raise LineProblem("turns", "a list of at least one turn")
    if len(turns) > MAX_TURNS:
        raise LineProblem("turns", f"at most {MAX_TURNS} turns, found {len(turns)}")
    split = record.get("split") or ""
    if split and split not in SPLITS:
        raise LineProblem("split", "one of " + ", ".join(SPLITS))
    parsed = [_turn(i, turn) for i, turn in enumerate(turns)]
    if not any(turn.role == "customer" for turn in parsed):
        raise LineProblem("turns", "at least one turn of the customer")
    return ParsedDialogue(parsed, source_id=str(record.get("id") or "")[:200], split=split)


def _turn(i: int, turn: object) -> ParsedTurn:
    if not isinstance(turn, dict):
        raise LineProblem(f"turns[{i}]", "an object with role and text")
    role, text = turn.get("role"), turn.get("text")
    if role not in ROLES:
        raise LineProblem(f"turns[{i}].role", "one of " + ", ".join(ROLES))
    if not isinstance(text, str):
        raise LineProblem(f"turns[{i}].text", "a text")
    if len(text) > MAX_CHARACTERS:
        raise LineProblem(f"turns[{i}].text", f"at most {MAX_CHARACTERS} characters, found {len(text)}")
    raw = text.replace("\x00", "�").encode("utf-8", "replace").decode()  # no database stores NUL or lone surrogates
    return ParsedTurn(role=role, raw=raw, text=clean(raw))
