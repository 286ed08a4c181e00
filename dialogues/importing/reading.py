"""Reads a file of dialogues in whatever form it is: finds out its encoding, its container and its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from dialogues.importing.containers import json_array, json_lines, lines, tables
from dialogues.importing.encodings import FEW, SAMPLE, broken_share, guessed, is_known, with_mark
from dialogues.importing.formats import FORMATS, Choices, Format
from dialogues.importing.formats.columns import all_of, mapping
from dialogues.importing.opening import GZIP, OLD_OFFICE, Source
from dialogues.importing.problems import BadFile
from dialogues.importing.records import Items
from dialogues.importing.refused import Refused
from dialogues.importing.texts import storable

JSON_LINES, JSON_ARRAY, TABLE, LINES = "json_lines", "json_array", "table", "lines"
CONTAINERS = {
    JSON_LINES: json_lines.records,
    JSON_ARRAY: json_array.records,
    TABLE: tables.records,
    LINES: lines.lines,
}
FIRST = 30  # records or lines by which a format is recognised
MOST_COLUMNS, LONGEST_NAME = 500, 60  # of records that a person may be asked about


@dataclass(frozen=True)
class Reading:
    """How a file is read."""

    source: Source
    encoding: str
    container: str
    format: Format
    columns: tuple[str, ...] = ()  # of a table, or the fields of objects, where the format wants to know what is where

    def items(self, choices: Choices) -> Items:
        """The dialogues and what cannot be used, in the order of the file. Raises BadFile."""
        self._check_columns(choices)
        return self.format.read(CONTAINERS[self.container](self.source, self.encoding), choices)

    def _check_columns(self, choices: Choices) -> None:
        found = mapping(self.columns, self.format.fields, choices.columns)
        missing = [field for field in self.format.needed if found.get(field) not in self.columns]
        if missing:
            sentence = _(
                "Nothing says which column holds: %(missing)s. The columns are: %(columns)s. Choose it in “Columns”, "
                "or with --column %(field)s=NAME."
            )
            values = {"missing": ", ".join(missing), "columns": _shortened(self.columns), "field": missing[0]}
            raise BadFile(sentence % values)


def reading_of(source: Source, encoding: str = "", wanted: str = "") -> Reading:
    """How the file is to be read, with the encoding and the format that a person chose, if any. Raises BadFile."""
    kind = source.kind
    if kind == OLD_OFFICE:
        raise BadFile(_("This is a spreadsheet of an old kind (.xls); save it as .xlsx or CSV."))
    if kind == GZIP:
        raise BadFile(_("The file is packed more than once; unpack it first."))
    chosen, encoding = encoding, "" if kind else _encoding(source, encoding)
    seen: tuple[str, ...] = ()
    asked: Reading | None = None
    broken: BadFile | None = None
    for container in _containers(source, encoding, FORMATS.get(wanted)):
        sample, error = _sample(source, encoding, container)
        broken = broken or error
        columns = () if container == LINES else _columns(sample)
        if found := _matching(container, sample, wanted):
            return Reading(source, encoding, container, found, columns if found.fields else ())
        asked = asked or _to_ask(Reading(source, encoding, container, FORMATS["pairs"], columns), sample, wanted)
        seen = seen or (columns if container != TABLE else ())
    if asked:
        return asked
    if broken:
        raise broken
    if chosen and encoding and not seen and guessed(sample_of_file := source.head(SAMPLE)) != encoding:
        raise BadFile(_not_in(chosen, sample_of_file))
    raise BadFile(_unreadable(encoding, seen))


def _encoding(source: Source, chosen: str) -> str:
    """The chosen encoding, if the file can be in it, or else the one that is guessed. Raises BadFile."""
    sample = source.head(SAMPLE)
    if not chosen:
        return guessed(sample)
    if not is_known(chosen):
        raise BadFile(_("“%(encoding)s” is no encoding that is known here.") % {"encoding": storable(chosen)})
    encoding = with_mark(chosen, sample)
    if broken_share(sample, encoding) > FEW:
        raise BadFile(_not_in(chosen, sample))
    return encoding


def _not_in(encoding: str, sample: bytes) -> str:
    sentence = _("The file is not text in %(encoding)s; it looks like %(guess)s.")
    return sentence % {"encoding": encoding.upper(), "guess": guessed(sample).upper()}


def _unreadable(encoding: str, fields: tuple[str, ...]) -> str:
    known = ", ".join(str(known.label) for known in FORMATS.values())
    if fields:
        sentence = _("The records have the fields %(fields)s, but no dialogue. Known formats: %(formats)s.")
        return sentence % {"fields": _shortened(fields), "formats": known}
    if not encoding:
        return _("No dialogues were recognised in the file. Known formats: %(formats)s.") % {"formats": known}
    sentence = _("No dialogues were recognised in the file, read as text in %(encoding)s. Known formats: %(formats)s.")
    return sentence % {"encoding": encoding.upper(), "formats": known}


def _shortened(names: tuple[str, ...]) -> str:
    named = [name[:LONGEST_NAME] for name in names[:20]]
    return ", ".join(named) + (", …" if len(names) > len(named) else "")


def _containers(source: Source, encoding: str, wanted: Format | None) -> Iterator[str]:
    """Those that the file may be, the likeliest first."""
    if source.kind:
        yield TABLE
        return
    start = _start(source, encoding)
    if start.startswith(("{", "[")) and (not wanted or wanted.of == "records"):
        first, ended, rest = start.partition("\n")
        if not ended or any(isinstance(json_lines.parse(line), dict) for line in (first, rest.split("\n")[0])):
            yield JSON_LINES
        yield JSON_ARRAY
        yield JSON_LINES
    yield TABLE  # by the names of its columns; its rows may look like lines of a log
    yield LINES


def _start(source: Source, encoding: str) -> str:
    with source.open() as file:
        return file.read(SAMPLE).decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _sample(source: Source, encoding: str, container: str) -> tuple[list[Any], BadFile | None]:
    """The first records or lines that can be read, and what ended the reading."""
    sample: list[Any] = []
    try:
        for _number, item in islice(CONTAINERS[container](source, encoding), FIRST):
            if not isinstance(item, Refused):
                sample.append(item)
    except BadFile as error:
        return sample, error
    return sample, None


def _columns(sample: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(storable(name) for name in all_of(sample)))[:MOST_COLUMNS]


def _matching(container: str, sample: list[Any], wanted: str) -> Format | None:
    """The first format that matches, of all or of the wanted one."""
    of = "lines" if container == LINES else "records"
    candidates = [known for name, known in FORMATS.items() if known.of == of and wanted in ("", name)]
    return next((known for known in candidates if sample and known.matches(sample)), None)


def _to_ask(found: Reading, sample: list[Any], wanted: str) -> Reading | None:
    """How records are read that match no format: as the person wants, or by columns that the person is asked for."""
    of = "lines" if found.container == LINES else "records"
    if wanted:
        return replace(found, format=FORMATS[wanted]) if sample and FORMATS[wanted].of == of else None
    if of == "lines" or len(found.columns) < 2 or max(map(len, found.columns)) > LONGEST_NAME:
        return None
    return replace(found, format=FORMATS["turn_rows"]) if found.container == TABLE else found
