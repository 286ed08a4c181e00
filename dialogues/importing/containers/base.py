"""What a container is: it makes records of a file, whatever is in them.

A record is a dict with its number (line, row or element, from 1). What cannot be read as a record is a Refused in its
place. No reader holds more than one record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dialogues.importing.encodings import SAMPLE
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

Records = Iterator[tuple[int, dict | Refused]]
Lines = Iterator[tuple[int, str | Refused]]

NEVER, POSSIBLE, LIKELY = range(3)


@dataclass(frozen=True)
class Beginning:
    """Of a file: its kind where it is no text (see `Source.kind`), or else the first of its text, from its first sign
    that is no space.
    """

    kind: bytes
    text: str

    @classmethod
    def of(cls, source: Source, encoding: str) -> Beginning:
        if source.kind:
            return cls(source.kind, "")
        return cls(b"", source.head(SAMPLE).decode(encoding, "replace").lstrip("\ufeff \t\r\n"))

    @property
    def is_like_json(self) -> bool:
        return self.text.startswith(("{", "["))


@dataclass(frozen=True, kw_only=True)
class Container:
    """How the records lie in a file."""

    name: str
    of: str  # "records" or "lines", as in Format
    read: Callable[[Source, str], Records | Lines]  # takes the encoding; may raise BadFile
    likelihood: Callable[[Beginning], int]  # NEVER, POSSIBLE or LIKELY
    asked_as: str = ""  # the format whose columns a person is asked for, where the records match none
    names_fields: bool = False  # each record has the names of its fields, so it is no other text that was taken for one
