"""A JSON array of objects, on one line or many, or objects one after the other."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from dialogues.importing.containers import Records
from dialogues.importing.containers.lines import broken
from dialogues.importing.encodings import BROKEN
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

MAX_RECORD = 16 * 2**20  # bytes
DEEPEST = 10_000  # brackets that a record has open
BLOCK = 64 * 1024
DIALOGUES = ("turns", "messages", "contents", "conversations", "conversation")
"""An object with a list of one of these names is a dialogue itself, unless the list's own objects have such a list."""
_BROKEN = "\ufdd0"  # stands for BROKEN in UTF-8; no text has it
_ERRORS = (ijson.JSONError, ValueError, RecursionError)  # ValueError: a number of thousands of digits


def records(source: Source, encoding: str) -> Records:
    """The objects in the array, numbered from 1. After a place where the JSON is broken, nothing can be read."""
    prefix = _prefix(source, encoding)
    with source.open() as file:
        stream, number = _Utf8(file, encoding), 0
        try:
            for number, item in enumerate(ijson.items(stream, prefix, multiple_values=True), start=1):
                stream.used()
                yield number, _checked(item, stream, encoding)
        except _ERRORS:
            yield number + 1, Refused("json_cut")
        except _TooLong:
            yield number + 1, Refused("long_record", limit=MAX_RECORD // 2**20)


def _checked(item: Any, stream: _Utf8, encoding: str) -> dict | Refused:
    if not isinstance(item, dict):
        return Refused("json")
    if stream.has_broken and _BROKEN in json.dumps(item, ensure_ascii=False, default=str):
        return broken(encoding)
    return item


def _prefix(source: Source, encoding: str) -> str:
    """Where the dialogues are: in the array itself, in the first array of objects of an object, or each is a value."""
    with source.open() as file:
        try:
            return _found(ijson.parse(_Utf8(file, encoding), multiple_values=True))
        except (*_ERRORS, _TooLong):
            return ""


def _found(events: Iterator[tuple[str, str, Any]]) -> str:
    """The prefix, from the first events of the JSON."""
    own = ""  # a list by which the object is a dialogue, if its objects have no such list
    for prefix, event, _value in events:
        name, _, rest = prefix.partition(".")
        if event == "start_array" and not prefix:
            return "item"
        if event == "start_map" and rest == "item":
            if name not in DIALOGUES:
                return prefix
            own = name
        elif own and event == "start_array" and rest.removeprefix("item.") in DIALOGUES:
            return f"{own}.item"
        elif (own and event == "end_map" and rest == "item") or (event == "start_map" and prefix == "data"):
            return ""  # `data`: a task of Label Studio
    return ""


class _TooLong(Exception):
    """One record is longer than MAX_RECORD, or deeper than DEEPEST."""


class _Utf8:
    """A file's content in UTF-8, whatever it is in; counts what was read since the last record."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._size, self._depth = file, 0, 0
        self._decoder = codecs.getincrementaldecoder(encoding)("mark-broken")
        self.has_broken = False

    def read(self, size: int = -1) -> bytes:
        """The next block, whatever `size` is. Raises _TooLong."""
        if size == 0:
            return b""
        block = self._file.read(BLOCK)
        text = self._decoder.decode(block, final=not block)
        self._size += len(block)
        self._depth += text.count("[") + text.count("{") - text.count("]") - text.count("}")
        if self._size > MAX_RECORD or self._depth > DEEPEST:
            raise _TooLong
        if BROKEN in text:
            self.has_broken = True
            text = text.replace(BROKEN, _BROKEN)
        return text.encode("utf-8", "replace")

    def used(self) -> None:
        """A record is complete."""
        self._size = self._depth = 0
