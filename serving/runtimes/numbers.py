"""Numbers go through a model as single tokens and are put back afterwards: they are copied, not spelled again.

A small model that writes an order number digit by digit gets one of them wrong. A tokenizer that has slots gets each
number of the conversation as one of them; for any other tokenizer a number is text like the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from serving.runtimes.protocol import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SLOTS = tuple(f"<|number{i}|>" for i in range(24))
NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*", re.ASCII)  # 13912345678, 59.9, 1,299, 2026-11-28, 20:30

STEP = re.compile(r"^\s*\(?\d{1,2}[.)、)](?!\d)", re.MULTILINE)
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


def numbers_in(text: str) -> list[str]:
    return NUMBER.findall(text)


def invented(answer: str, inputs: Iterable[str]) -> list[str]:
    """The numbers of an answer that occur in none of its inputs, however they are written there.

    The numbers of a list of steps are none.
    """
    known = {_plain(number) for text in inputs for number in numbers_in(normalize("NFKC", text))}
    said = numbers_in(STEP.sub("", normalize("NFKC", answer)))
    return [number for number in said if _plain(number) not in known]


def _plain(number: str) -> str:
    """Without the commas between thousands."""
    return number.replace(",", "") if THOUSANDS.fullmatch(number) else number


class Numbers:
    """The numbers of a conversation, each in a slot; those of the newest messages first where there are too many."""

    def __init__(self, texts: Sequence[str], slots: Sequence[int]):
        found = dict.fromkeys(number for text in reversed(texts) for number in numbers_in(text)) if slots else {}
        self.slot_of = dict(zip(found, slots, strict=False))
        self.number_of = {slot: number for number, slot in self.slot_of.items()}

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> Numbers:
        return cls([message.text for message in messages], slots_of(tokenizer))

    def encode(self, text: str, encode: Callable[[str], list[int]]) -> list[int]:
        """Token ids of a text; `encode` makes those of what lies between the numbers that have a slot."""
        ids: list[int] = []
        end = 0
        for found in NUMBER.finditer(text):
            if found[0] in self.slot_of:
                ids += [*encode(text[end : found.start()]), self.slot_of[found[0]]]
                end = found.end()
        return ids + encode(text[end:])

    def decode(self, ids: Sequence[int], decode: Callable[[Sequence[int]], str]) -> str:
        """The text of token ids, with the numbers put back; a slot that no number has says nothing."""
        parts: list[str] = []
        begin = 0
        for i, token in enumerate(ids):
            if token in self.number_of:
                parts += [decode(ids[begin:i]), self.number_of[token]]
                begin = i + 1
        return "".join([*parts, decode(ids[begin:])])


@lru_cache(maxsize=8)
def slots_of(tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    """Ids of the slots that a tokenizer has; none for most."""
    known = tokenizer.get_vocab()
    return tuple(known[slot] for slot in SLOTS if slot in known)
