"""Parsers: each turns a record into a ParsedDialogue, or raises LineProblem. No Django."""

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

    def __post_init__(self) -> None:
        content = json.dumps([[turn.role, turn.raw] for turn in self.turns], ensure_ascii=False)
        object.__setattr__(self, "content_hash", hashlib.sha256(content.encode()).hexdigest())

    def open_positions(self) -> list[int]:
        """Positions of the customer turns that want an answer: of several in a row, the last."""
        messages = [(i, turn.role) for i, turn in enumerate(self.turns) if turn.role != "event"]
        next_roles = [role for _, role in messages[1:]] + ["agent"]
        return [
            i
            for (i, role), next_role in zip(messages, next_roles, strict=True)
            if role == "customer" and next_role != "customer" and self.turns[i].text
        ]


def parse_turns(record: dict) -> ParsedDialogue:
    """`{turns: [{role, text}], id?, split?}`; other fields are ignored. Raises LineProblem."""
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
