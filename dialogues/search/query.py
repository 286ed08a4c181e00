"""What a person typed into the search field, whatever it is: terms that must all occur in a dialogue. No Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from dialogues.search.tokens import BEGINNINGS, FOLDING, IDEOGRAPHS, PART, RUN, WORD_MOST, fold, is_ideographic

TYPED_MOST, TERMS_MOST = 200, 12  # characters and terms that are read of it
SHOWN = 160  # characters of a turn in a list of hits
BEFORE = 40  # of them in front of the first match
INSIDE_WORD = f"[^\\W_{IDEOGRAPHS}]"


@dataclass(frozen=True)
class Part:
    """A piece of a turn, marked where it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Query:
    """Terms are runs of letters, digits and characters, folded; signs between them mean nothing.

    A term stands in one turn as it was typed; a word of it is whole, but the last may be the beginning of one.
    """

    terms: tuple[str, ...]

    @classmethod
    def typed(cls, text: str) -> Query:
        composed = unicodedata.normalize("NFC", text[:TYPED_MOST])  # as texts are stored; a Mac copies accents apart
        return cls(tuple(dict.fromkeys(RUN.findall(fold(composed)[: 2 * TYPED_MOST])))[:TERMS_MOST])

    @cached_property
    def words(self) -> list[str]:
        """The tokens that a dialogue must have, except the beginning of a word."""
        return [token for token in dict.fromkeys(self._tokens) if token != self.begun]

    @cached_property
    def begun(self) -> str:
        """The last word where it may go on; empty where it has to be whole."""
        last = self._tokens[-1] if self._tokens else ""
        return last if len(last) >= BEGINNINGS.start and not is_ideographic(last) else ""

    @cached_property
    def _tokens(self) -> list[str]:
        return [token for term in self.terms for part in PART.findall(term) for token in _tokens_of(part)]

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return [_pattern(term, is_last=term == self.terms[-1]) for term in self.terms]

    def best_of(self, texts: Sequence[str]) -> int | None:
        """Index of the turn with the most terms, the first of several; None if a term is in none of them."""
        folded = [fold(text) for text in texts]
        found = [[pattern.search(text) is not None for pattern in self._patterns] for text in folded]
        if not found or not all(map(any, zip(*found, strict=True))):
            return None
        return max(range(len(found)), key=lambda i: sum(found[i]))

    def excerpt(self, text: str) -> list[Part]:
        """The text around the first match, with every match marked."""
        spans = self._spans(text)
        start = max(0, spans[0][0] - BEFORE) if spans and len(text) > SHOWN else 0
        end = start + SHOWN
        shown = [(max(first, start), min(last, end)) for first, last in spans if first < end]
        parts = [Part("…")] if start else []
        at = start
        for first, last in shown:
            parts += [Part(text[at:first]), Part(text[first:last], marked=True)]
            at = last
        return [part for part in [*parts, Part(text[at:end]), Part("…" if end < len(text) else "")] if part.text]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the terms are in the text as it was written: folding may have made more of a character."""
        place = [i for i, character in enumerate(text) for _ in FOLDING[ord(character)]]
        found = (match for pattern in self._patterns for match in pattern.finditer(text.translate(FOLDING)))
        return _merged(sorted((place[match.start()], place[match.end() - 1] + 1) for match in found))


def _tokens_of(part: str) -> list[str]:
    """Of characters all pairs, a single one alone."""
    if not is_ideographic(part):
        return [part[:WORD_MOST]]
    return [first + second for first, second in pairwise(part)] or [part]


def _pattern(term: str, *, is_last: bool) -> re.Pattern[str]:
    parts = PART.findall(term)
    start = "" if is_ideographic(parts[0]) else f"(?<!{INSIDE_WORD})"
    goes_on = is_ideographic(parts[-1]) or (is_last and len(parts[-1]) >= BEGINNINGS.start)
    return re.compile(start + re.escape(term) + ("" if goes_on else f"(?!{INSIDE_WORD})"))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
