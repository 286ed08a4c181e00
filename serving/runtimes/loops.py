"""A small model can run into a loop: one sign, or one phrase, again and again. Where it begins, what is before it."""

from __future__ import annotations

import re
from typing import NamedTuple

SAME_SIGNS, SAME_PHRASES = 8, 4  # so many in a row are a loop
LONGEST_PHRASE = 40  # characters
LOOP = re.compile(
    rf"(?P<sign>\S)(?P=sign){{{SAME_SIGNS - 1}}}"
    rf"|(?P<phrase>\S.{{1,{LONGEST_PHRASE - 1}}}?)(?P=phrase){{{SAME_PHRASES - 1}}}",
    re.DOTALL,
)
SENTENCE_END = re.compile(r"[。！？!?…]|\.(?=\s|$)|\n")


class Loop(NamedTuple):
    start: int  # of its first turn
    second: int  # where it begins to repeat itself


def loop_in(text: str) -> Loop | None:
    """The first loop of a text: eight equal signs, or a phrase of at least two signs four times in a row."""
    found = LOOP.search(text)
    if found is None:
        return None
    return Loop(found.start(), found.start() + len(found["sign"] or found["phrase"]))


def without_loop(text: str, loop: Loop) -> str:
    """The text until the loop repeats itself, cut at its last whole sentence; else until the loop begins."""
    ends = [end.end() for end in SENTENCE_END.finditer(text[: loop.second])]
    return text[: ends[-1] if ends else loop.start].strip()
