"""Text files, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper

from dialogues.importing.containers import Lines
from dialogues.importing.encodings import BROKEN, as_text
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

MAX_LINE = 4 * 2**20  # characters


def lines(source: Source, encoding: str) -> Lines:
    """The lines that are not empty, without their ends. One that is too long, or broken, is a Refused."""
    with source.open() as file, as_text(file, encoding) as text:
        for number, line in _bounded(text):
            if line is None:
                yield number, Refused("long_line", limit=MAX_LINE // 2**20)
            elif BROKEN in line:
                yield number, Refused("bytes", encoding=encoding.removesuffix("-sig").upper())
            elif not line.isspace():
                yield number, line.rstrip("\r\n")


def _bounded(text: TextIOWrapper) -> Iterator[tuple[int, str | None]]:
    """Each line with its number; None for one longer than MAX_LINE, the rest of which is skipped."""
    for number, line in enumerate(iter(lambda: text.readline(MAX_LINE + 1), ""), start=1):
        if len(line) <= MAX_LINE:
            yield number, line
            continue
        while (part := text.readline(MAX_LINE)) and not part.endswith("\n"):
            pass
        yield number, None
