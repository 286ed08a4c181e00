"""Which pieces of a text stand in other texts as well: whole words, and pairs of neighbouring Chinese characters.

These are what the shipped scorers count, too. A character alone counts where nothing stands beside it: 的 is in every
sentence. Plain Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from dialogues.search.tokens import FOLDING, PART, is_ideographic

READ_MOST = 2_000  # characters of a text


@dataclass(frozen=True)
class Piece:
    """`shared`: names of the other texts that have it, in their order."""

    text: str
    shared: tuple[str, ...] = ()


class _Token(NamedTuple):
    key: str
    start: int
    end: int


def pieces(text: str, others: Mapping[str, str]) -> list[Piece]:
    """The text in pieces, by what they share with others; behind READ_MOST characters it is cut, with an ellipsis."""
    read = text[:READ_MOST]
    known = {name: {token.key for token in _tokens(other[:READ_MOST])} for name, other in others.items()}
    shared: list[tuple[str, ...]] = [()] * len(read)
    for token in _tokens(read):
        names = {name for name, keys in known.items() if token.key in keys}
        for i in range(token.start, token.end):
            shared[i] = tuple(name for name in others if name in names or name in shared[i])
    runs = groupby(range(len(read)), key=shared.__getitem__)
    found = [Piece("".join(read[i] for i in places), names) for names, places in runs]
    return [*found, Piece("…")] if len(text) > READ_MOST else found


def _tokens(text: str) -> Iterator[_Token]:
    """Compared without case and width, placed where they stand in the text as it was written."""
    place = [i for i, character in enumerate(text) for _ in FOLDING[ord(character)]]
    for part in PART.finditer(text.translate(FOLDING)):
        word, start = part.group(), part.start()
        width = min(2, len(word)) if is_ideographic(word) else len(word)
        if width == 1 and word.isascii() and word.isalpha():
            continue  # “a” and “I”
        for i in range(len(word) - width + 1):
            first, last = start + i, start + i + width - 1
            yield _Token(word[i : i + width], place[first], place[last] + 1)
