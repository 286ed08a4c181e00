"""Text files, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper

from dialogues.importing.containers.base import NEVER, POSSIBLE, Beginning, Container, Lines
from dialogues.importing.encodings import BROKEN, as_text
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

MAX_LINE = 4 * 2**20  # characters


def lines(source: Source, encoding: str) -> Lines:
    """The lines that are not empty, without their ends. One that is too long, or broken, is a Refused."""
    with source.open() as file, as_text(file, encoding) as text:
        for number, line in bounded(text):
            if line is None:
                yield number, too_long()
            elif BROKEN in line:
                yield number, broken(encoding)
            elif not line.isspace():
                yield number, line.rstrip("\r\n")


def bounded(text: TextIOWrapper) -> Iterator[tuple[int, str | None]]:
    """Each line with its number from 1; None for one longer than MAX_LINE, the rest of which is skipped."""
    for number, line in enumerate(iter(lambda: text.readline(MAX_LINE + 1), ""), start=1):
        if len(line) <= MAX_LINE:
            yield number, line
            continue
        part = line
        while part and not part.endswith(("\n", "\r")):
            part = text.readline(MAX_LINE)
        yield number, None


def too_long() -> Refused:
    return Refused("long_line", limit=MAX_LINE // 2**20)


def broken(encoding: str) -> Refused:
    return Refused("bytes", encoding=encoding.removesuffix("-sig").upper())


def likelihood(beginning: Beginning) -> int:
    return NEVER if beginning.kind else POSSIBLE


CONTAINER = Container(name="lines", of="lines", read=lines, likelihood=likelihood)
