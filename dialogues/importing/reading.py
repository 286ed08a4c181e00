"""Reads a file of dialogues in whatever form it is: finds out its encoding, its container and its format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from dialogues.importing.containers import json_array, json_lines, lines, tables
from dialogues.importing.encodings import SAMPLE, guessed
from dialogues.importing.formats import FORMATS, Choices, Format
from dialogues.importing.opening import OLD_OFFICE, Source
from dialogues.importing.problems import BadFile
from dialogues.importing.records import Items
from dialogues.importing.refused import Refused

JSON_LINES, JSON_ARRAY, TABLE, LINES = "json_lines", "json_array", "table", "lines"
CONTAINERS = {
    JSON_LINES: json_lines.records,
    JSON_ARRAY: json_array.records,
    TABLE: tables.records,
    LINES: lines.lines,
}
FIRST = 30  # records or lines by which a format is recognised


@dataclass(frozen=True)
class Reading:
    """How a file is read."""

    source: Source
    encoding: str
    container: str
    format: Format
    columns: tuple[str, ...] = ()  # of a table

    def items(self, choices: Choices) -> Items:
        """The dialogues and what cannot be used, in the order of the file. Raises BadFile."""
        return self.format.read(CONTAINERS[self.container](self.source, self.encoding), choices)


def reading_of(source: Source, encoding: str = "", wanted: str = "") -> Reading:
    """How the file is to be read, with the encoding and the format that a person chose, if any. Raises BadFile."""
    kind = source.kind
    if kind == OLD_OFFICE:
        raise BadFile(_("This is a spreadsheet of an old kind (.xls); save it as .xlsx or CSV."))
    encoding = "" if kind else encoding or guessed(source.head(SAMPLE))
    wanted_format = FORMATS.get(wanted)
    for container in _containers(source, encoding, wanted_format):
        sample = _sample(source, encoding, container)
        found = _matching(container, sample, wanted_format)
        if found:
            columns = tuple(sample[0]) if container == TABLE and sample else ()
            return Reading(source, encoding, container, found, columns)
    raise BadFile(_unreadable(encoding))


def _unreadable(encoding: str) -> str:
    known = ", ".join(str(known.label) for known in FORMATS.values())
    if not encoding:
        return _("No dialogues were recognised in the file. Known formats: %(formats)s.") % {"formats": known}
    sentence = _("No dialogues were recognised in the file, read as text in %(encoding)s. Known formats: %(formats)s.")
    return sentence % {"encoding": encoding.upper(), "formats": known}


def _containers(source: Source, encoding: str, wanted: Format | None) -> Iterator[str]:
    """Those that the file may be, the likeliest first."""
    if source.kind:
        yield TABLE
        return
    start = _start(source, encoding)
    if start.startswith(("{", "[")) and (not wanted or wanted.of == "records"):
        first, _, rest = start.partition("\n")
        if isinstance(json_lines.parse(first), dict) or (
            rest and isinstance(json_lines.parse(rest.split("\n")[0]), dict)
        ):
            yield JSON_LINES
        yield JSON_ARRAY
        yield JSON_LINES
    yield LINES
    yield TABLE


def _start(source: Source, encoding: str) -> str:
    with source.open() as file:
        return file.read(SAMPLE).decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _sample(source: Source, encoding: str, container: str) -> list[Any]:
    """The first records or lines that can be read."""
    sample: list[Any] = []
    with suppress(BadFile):
        for _number, item in islice(CONTAINERS[container](source, encoding), FIRST):
            if not isinstance(item, Refused):
                sample.append(item)
    return sample


def _matching(container: str, sample: list[Any], wanted: Format | None) -> Format | None:
    """The wanted format, or the first that matches; a table that is none of them is asked for its columns."""
    of = "lines" if container == LINES else "records"
    if wanted:
        return wanted if wanted.of == of and sample else None
    found = next((known for known in FORMATS.values() if known.of == of and sample and known.matches(sample)), None)
    if found or container != TABLE:
        return found
    return FORMATS["turn_rows"] if sample and len(sample[0]) > 1 else None
