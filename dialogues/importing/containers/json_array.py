"""A JSON array of objects, on one line or many, or objects one after the other.

Python's own decoder takes one value at a time from the text. A streaming parser would hold even less, but ijson ends
the process at some hundred thousand nested brackets, and its prefixes fill gigabytes long before that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any

from dialogues.importing.containers.base import NEVER, POSSIBLE, Beginning, Container, Records
from dialogues.importing.containers.lines import broken
from dialogues.importing.encodings import BROKEN, as_text
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

MAX_RECORD = 16 * 2**20  # characters
BLOCK = 64 * 1024
DIALOGUES = ("turns", "messages", "contents", "conversations", "conversation", "dialogue", "dialog", "utterances")
"""An object with a list of one of these names is a dialogue itself, unless the list's own objects have such a list."""

_DECODER = json.JSONDecoder()
_NO_SPACE = re.compile(r"[^ \t\r\n]")


def records(source: Source, encoding: str) -> Records:
    """The objects, numbered from 1. After a place where the JSON is broken, nothing can be read."""
    with source.open() as file, as_text(file, encoding) as text:
        reader, number = _Reader(text), 0
        try:
            for number, item in enumerate(_items(reader), start=1):
                yield number, _checked(item, encoding, suspicious=reader.has_broken)
        except RecursionError:
            yield number + 1, Refused("deep")
        except _TooLong:
            yield number + 1, Refused("long_record", limit=MAX_RECORD // 2**20)
        except ValueError:  # also a number of thousands of digits
            yield number + 1, Refused("json_cut")


def _checked(item: object, encoding: str, *, suspicious: bool) -> dict | Refused:
    if not isinstance(item, dict):
        return Refused("json")
    if suspicious and BROKEN in json.dumps(item, ensure_ascii=False):
        return broken(encoding)
    return item


def _items(reader: _Reader) -> Iterator[Any]:
    """What is in the arrays and objects of the file."""
    while sign := reader.sign():
        if sign == "[":
            yield from _elements(reader)
        elif sign == "{":
            yield from _of_object(reader)
        elif sign == ",":
            reader.skip()
        else:
            yield reader.value()


def _elements(reader: _Reader) -> Iterator[Any]:
    """The elements of the array that begins here."""
    reader.skip()
    while (sign := reader.sign()) != "]":
        if sign == ",":
            reader.skip()
        else:
            yield reader.value()
    reader.skip()


def _of_object(reader: _Reader) -> Iterator[Any]:
    """The object that begins here, if it is a dialogue, or else the objects in its first list of such."""
    try:
        record = reader.value()
    except _TooLong:
        yield from _of_long_object(reader)
        return
    lists = {name: value for name, value in record.items() if _has_objects(value)}
    own = next((name for name in DIALOGUES if name in lists), None)
    if own is None and lists and not isinstance(record.get("data"), dict):  # `data`: a task of Label Studio
        yield from next(iter(lists.values()))
    elif own and any(isinstance(lists[own][0].get(name), list) for name in DIALOGUES):
        yield from lists[own]
    else:
        yield record


def _of_long_object(reader: _Reader) -> Iterator[Any]:
    """The elements of all lists in an object that is too long to be a dialogue."""
    reader.skip()
    while (sign := reader.sign()) != "}":
        if sign in ",:":
            reader.skip()
        elif sign == "[":
            yield from _elements(reader)
        else:
            reader.value()
    reader.skip()


def _has_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


class _TooLong(Exception):
    """One value is longer than MAX_RECORD."""


class _Reader:
    """Takes values from a text, of which it holds little more than the one that is being read."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text, self._held, self._at = text, "", 0
        self.has_broken = False  # what is held, so perhaps the value as well

    def sign(self) -> str:
        """The next sign that is no space; empty at the end of the file."""
        while not (found := _NO_SPACE.search(self._held, self._at)):
            self._at = len(self._held)
            if not self._more():
                return ""
        self._at = found.start()
        return found[0]

    def skip(self) -> None:
        """Pass the sign. Raises ValueError at the end of the file."""
        if self._at >= len(self._held):
            raise ValueError("the JSON is cut")
        self._at += 1

    def value(self) -> Any:
        """The value that begins here. Raises ValueError, RecursionError or _TooLong."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError as error:
                if len(self._held) - self._at > MAX_RECORD:
                    raise self._why_not(error) from error
                if not self._more():
                    raise
                continue
            if end < len(self._held) or isinstance(found, str | dict | list) or not self._more():
                self._at = end
                return found

    def _why_not(self, error: json.JSONDecodeError) -> Exception:
        is_cut = error.msg.startswith("Unterminated") or error.pos >= len(self._held) - 1
        return _TooLong() if is_cut else error

    def _more(self) -> bool:
        """Hold twice as much as is left, so that a long value is not tried often; whether there was more."""
        rest = self._held[self._at :]
        block = self._text.read(max(BLOCK, len(rest)))
        self._held, self._at = rest + block, 0
        self.has_broken = BROKEN in self._held
        return bool(block)


def likelihood(beginning: Beginning) -> int:
    return POSSIBLE if beginning.is_like_json else NEVER


CONTAINER = Container(
    name="json_array", of="records", read=records, likelihood=likelihood, asked_as="pairs", names_fields=True
)
