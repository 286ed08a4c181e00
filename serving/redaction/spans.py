"""The spans that detectors find, and which of them stay where several overlap."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum


class Strength(IntEnum):
    """How strong the evidence for a span is; where two overlap, the stronger stays."""

    LITERAL = 0  # not personal data
    GUESSED = 1  # a run of digits and nothing else
    SHAPED = 2  # written as this kind is written
    DATED = 3  # has a valid date inside
    LUHN = 4  # the check digit holds, which one number in ten does by chance
    CHECKED = 5  # the check digit and a date hold, or a word in front names the kind
    CERTAIN = 6  # it can only be this


@dataclass(frozen=True)
class Span:
    """`text[start:end]` is of this kind; `start < end`, offsets in characters."""

    kind: str
    start: int
    end: int
    strength: Strength


Finder = Callable[[str], Iterable[Span]]
"""Takes a folded text and yields spans in any order; they may overlap."""


@dataclass(frozen=True)
class Detector:
    """Finds one kind of personal data."""

    find: Finder

    trigger: re.Pattern[str] | None = None
    """Quick to search for, and in every folded text in which `find` finds something; None: look at every text."""


def without_overlaps(spans: Iterable[Span], taken: bytearray) -> list[Span]:
    """The spans that stay, in reading order.

    The stronger of two overlapping spans wins, then the longer, then the earlier. `taken` has one
    byte per character of the text: 1 where no span may lie. The spans that stay are marked in it.
    """
    staying = []
    for span in sorted(spans, key=lambda s: (-s.strength, s.start - s.end, s.start)):
        if taken.find(1, span.start, span.end) < 0:
            mark(taken, span.start, span.end)
            staying.append(span)
    return sorted(staying, key=lambda s: s.start)


def mark(taken: bytearray, start: int, end: int) -> None:
    """Take the characters from `start` to before `end`."""
    taken[start:end] = b"\x01" * (end - start)
