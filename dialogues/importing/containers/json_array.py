"""A JSON array of objects, on one line or many, or objects one after the other."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from dialogues.importing.containers import Records
from dialogues.importing.encodings import BROKEN
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused

MAX_RECORD = 16 * 2**20  # bytes
BLOCK = 64 * 1024
DIALOGUES = ("turns", "messages", "conversations")  # an object with one of these is a dialogue itself


def records(source: Source, encoding: str) -> Records:
    """The objects in the array, numbered from 1. After a place where the JSON is broken, nothing can be read."""
    with source.open() as file:
        stream, number = _Utf8(file, encoding), 0
        try:
            for number, item in enumerate(_items(source, stream, encoding), start=1):
                stream.used()
                yield number, item if isinstance(item, dict) else Refused("json")
        except ijson.JSONError:
            yield number + 1, Refused("json_cut")
        except _TooLong:
            yield number + 1, Refused("long_record", limit=MAX_RECORD // 2**20)


def _items(source: Source, stream: _Utf8, encoding: str) -> Iterator[Any]:
    return ijson.items(stream, _prefix(source, encoding), multiple_values=True, use_float=True)


def _prefix(source: Source, encoding: str) -> str:
    """Where the dialogues are: in the array itself, in the first array of an object, or each value is one."""
    with source.open() as file:
        try:
            for prefix, event, _value in ijson.parse(_Utf8(file, encoding), multiple_values=True):
                if event == "start_array" and prefix.count(".") == 0:
                    return f"{prefix}.item" if prefix and prefix not in DIALOGUES else "item" if not prefix else ""
        except (ijson.JSONError, _TooLong):
            pass
    return ""


class _TooLong(Exception):
    """One record is longer than MAX_RECORD."""


class _Utf8:
    """A file's content in UTF-8, whatever it is in; counts what was read since the last record."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._since = file, 0
        self._decoder = codecs.getincrementaldecoder(encoding)("mark-broken")

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        block = self._file.read(BLOCK)
        self._since += len(block)
        if self._since > MAX_RECORD:
            raise _TooLong
        text = self._decoder.decode(block, final=not block)
        return text.replace(BROKEN, "\ufffd").lstrip("\ufeff").encode("utf-8", "replace")

    def used(self) -> None:
        """A record is complete."""
        self._since = 0
