"""The corpus that ships: e-commerce service dialogues written for this project. Plain Python, no Django.

One JSONL file an intent in `dialogues/`; each line is a dialogue `{id, language, intent, product_line, split,
exchanges: [{customer, also, shop, teacher, bare, general}]}`. `also` holds other wordings of the customer's message, in
dialogues that are learned alone. Of the four replies `shop` is what the shop's own agents say, `teacher` a large model
with the shop's prompt, `bare` the same model without it, `general` a general assistant.
The one split is by wording: it is shared by the end model, the scorers, the teacher's memory and every evaluation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "dialogues"


@dataclass(frozen=True)
class Exchange:
    """A customer's turn with the four replies to it, and what was said before."""

    dialogue: str
    language: str
    intent: str
    split: str
    history: tuple[tuple[str, str], ...]  # (customer, shop) pairs, oldest first
    customer: str
    shop: str
    teacher: str
    bare: str
    general: str
    also: tuple[str, ...] = ()  # other wordings of the customer's message

    @property
    def wordings(self) -> tuple[str, ...]:
        """All that the customer may have typed, the message of the dialogue first."""
        return (self.customer, *self.also)


def normalised(text: str) -> str:
    """Letters, digits and Chinese characters alone, lower case: two texts equal in this are the same wording."""
    return "".join(character for character in text.lower() if character.isalnum())


def records() -> Iterator[dict]:
    """The dialogues as they are stored, files in alphabetical order."""
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


@cache
def exchanges() -> tuple[Exchange, ...]:
    return tuple(exchange for record in records() for exchange in _exchanges(record))


def _exchanges(record: dict) -> Iterator[Exchange]:
    history: list[tuple[str, str]] = []
    for one in record["exchanges"]:
        yield Exchange(
            dialogue=record["id"],
            language=record["language"],
            intent=record["intent"],
            split=record["split"],
            history=tuple(history),
            **one | {"also": tuple(one.get("also", ()))},
        )
        history.append((one["customer"], one["shop"]))


def turns_of(record: dict) -> dict:
    """The dialogue as the shop's own agents held it, in the form that an import reads."""
    said = ((("customer", one["customer"]), ("agent", one["shop"])) for one in record["exchanges"])
    turns = [{"role": role, "text": text} for exchange in said for role, text in exchange]
    return {"id": record["id"], "split": record["split"], "turns": turns}
