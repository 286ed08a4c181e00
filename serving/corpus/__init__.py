"""The corpus that ships: e-commerce service dialogues written for this project. Plain Python, no Django.

One JSONL file per intent in `dialogues/`; each line is a dialogue `{id, language, intent, product_line, split,
exchanges: [{customer, also, shop, teacher, bare, general}]}`. `also` holds other wordings of the customer's message, in
dialogues of the train part only. Of the four replies `shop` is by the shop's own agents, `teacher` by a large model
with the shop's prompt, `bare` by the same model without it, `general` by a general assistant.
There is one split, by wording: the end model, the scorers, the recorded teacher and every evaluation share it.

`facts.jsonl` is the sheet of what holds for the whole shop, one `{id, topic, zh, en}` a line; `shop` and `teacher`
follow it. What holds for a single product, such as its size or material, is not on the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "dialogues"
FACTS = Path(__file__).parent / "facts.jsonl"
TOPICS = (
    "delivery",
    "orders",
    "returns",
    "refunds",
    "exchanges",
    "damage",
    "warranty",
    "coupons",
    "promotions",
    "price_protection",
    "prices",
    "gifts",
    "bulk",
    "points",
    "reviews",
    "invoices",
    "payment",
    "instalments",
    "goods",
    "stock",
    "sizes",
    "service",
)


@dataclass(frozen=True)
class Exchange:
    """A customer's turn with the four replies to it, and the conversation before it."""

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
        """All wordings of the customer's message, that of the dialogue first."""
        return (self.customer, *self.also)


@dataclass(frozen=True)
class Fact:
    """What the shop says about one subject, in both languages."""

    id: str
    topic: str  # one of TOPICS
    zh: str
    en: str


def normalised(text: str) -> str:
    """Letters, digits and Chinese characters only, in lower case: texts that are equal in this are the same wording."""
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


@cache
def facts() -> tuple[Fact, ...]:
    """The sheet of facts of the shop, in the order of the file."""
    return tuple(Fact(**json.loads(line)) for line in FACTS.read_text(encoding="utf-8").splitlines() if line.strip())


def _exchanges(record: dict) -> Iterator[Exchange]:
    history: list[tuple[str, str]] = []
    for exchange in record["exchanges"]:
        yield Exchange(
            dialogue=record["id"],
            language=record["language"],
            intent=record["intent"],
            split=record["split"],
            history=tuple(history),
            **exchange | {"also": tuple(exchange.get("also", ()))},
        )
        history.append((exchange["customer"], exchange["shop"]))


def turns_of(record: dict) -> dict:
    """The dialogue with the shop's own replies, in the form that an import reads."""
    turns = []
    for exchange in record["exchanges"]:
        turns.append({"role": "customer", "text": exchange["customer"]})
        turns.append({"role": "agent", "text": exchange["shop"]})
    return {"id": record["id"], "split": record["split"], "turns": turns}
