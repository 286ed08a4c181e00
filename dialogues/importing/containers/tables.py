"""Tables: each row a dict by the names in the first line. CSV and TSV, Excel, Parquet."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from dialogues.importing.containers.base import POSSIBLE, Beginning, Container, Records
from dialogues.importing.containers.lines import bounded, broken, too_long
from dialogues.importing.encodings import BROKEN, as_text
from dialogues.importing.opening import PARQUET, SHEET, ZIP, Source, members
from dialogues.importing.problems import BadFile
from dialogues.importing.refused import Refused
from dialogues.importing.texts import plain, storable

DELIMITERS = "\t,;|"
MAX_CELL = 2**20  # characters
MAX_COLUMNS = 500
RATIO, ALWAYS_FINE = 50, 32 * 2**20  # a workbook that grows more than fiftyfold, beyond 32 MiB, is a bomb
MAX_PART = 64 * 2**20  # bytes unpacked of a part of a workbook that has to be held as a whole
ROWS = 100  # of Parquet that are held at a time
MAX_ROWS_BYTES = 64 * 2**20  # of so many rows
MAX_VALUES = 20_000  # of a column of Parquet for each row: how long its lists are


def records(source: Source, encoding: str) -> Records:
    """The rows as dicts of texts (of lists and dicts as well where a Parquet file has them). Raises BadFile."""
    if source.kind == ZIP:
        return _excel(source)
    if source.kind == PARQUET:
        return _parquet(source)
    return _csv(source, encoding)


# --- CSV


def delimiter(line: str) -> str:
    """The sign that most often divides this line; a comma where there is none."""
    return max(DELIMITERS, key=line.count) if any(sign in line for sign in DELIMITERS) else ","


def _csv(source: Source, encoding: str) -> Records:
    csv.field_size_limit(MAX_CELL)
    with source.open() as file, as_text(file, encoding, newline="") as text:
        lines, names = _Lines(bounded(text)), ()  # type: _Lines, Sequence[str]
        sign = delimiter(lines.first())
        for number, row in _rows(lines, sign):
            if isinstance(row, Refused):
                yield number, row
            elif not names:
                names = names_of(row)
            elif any(row):
                yield number, broken(encoding) if any(BROKEN in cell for cell in row) else record(names, row)


def _rows(lines: _Lines, sign: str) -> Iterator[tuple[int, list[str] | Refused]]:
    """Each row with the number of its first line. One that cannot be read takes no other line with it."""
    rows = csv.reader(lines, delimiter=sign)
    while True:
        lines.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield lines.number, Refused("quotes", error=str(error))
            lines.go_back()
            continue
        except _LongLine:
            yield lines.number, too_long()
            lines.go_back()
            continue
        if lines.are_at_the_end:  # the reader asks for another line only inside quotes
            yield lines.number, Refused("open_quote")
            lines.go_back()
        else:
            yield lines.number, row


class _LongLine(Exception):
    """A line is longer than MAX_LINE."""


class _Lines:
    """Lines for the reader of CSV, which can be given again from the second line of a row on."""

    def __init__(self, lines: Iterator[tuple[int, str | None]]) -> None:
        self._lines, self._again = lines, deque[tuple[int, str | None]]()
        self._used: list[tuple[int, str | None]] = []
        self.are_at_the_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number_and_line = self._again.popleft() if self._again else next(self._lines, None)
        if number_and_line is None:
            self.are_at_the_end = True
            raise StopIteration
        self._used.append(number_and_line)
        line = number_and_line[1]
        if line is None:
            raise _LongLine
        return line.replace("\x00", "\ufffd")  # at NUL the reader of CSV stops

    @property
    def number(self) -> int:
        """Of the row's first line."""
        return self._used[0][0] if self._used else 0

    def first(self) -> str:
        """The first line, which is given again."""
        number, line = next(self._lines, (1, ""))
        self._again.append((number, (line or "").lstrip("\ufeff") if line is not None else None))
        return line or ""

    def begin(self) -> None:
        """A row begins."""
        self._used, self.are_at_the_end = [], False

    def go_back(self) -> None:
        """Give the lines after the row's first again."""
        self._again.extendleft(reversed(self._used[1:]))


def names_of(row: Sequence[Any]) -> list[str]:
    """The names in a table's first row, made different from each other; those after the last name are none."""
    names = [storable(plain(name)).strip() for name in row]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise BadFile(_("The table has more than %(count)s columns.") % {"count": MAX_COLUMNS})
    seen, result = Counter[str](), []
    for i, name in enumerate(names, start=1):
        own = name or f"column {i}"
        seen[own] += 1
        result.append(own if seen[own] == 1 else f"{own} ({seen[own]})")
    return result


def record(names: Sequence[str], row: Sequence[Any]) -> dict | Refused:
    """The row by the names; what is missing at its end is empty."""
    if any(cell not in (None, "") for cell in row[len(names) :]):
        return Refused("columns", count=len(names))
    cells = [*map(plain, row[: len(names)]), *[""] * (len(names) - len(row))]
    return dict(zip(names, cells, strict=True))


# --- Excel


def _excel(source: Source) -> Records:
    """The rows of the first sheet."""
    from openpyxl import load_workbook

    with source.open_seekable() as file:
        _check_workbook(file)
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file claims to be its size is not believed
            names: Sequence[str] = ()
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                if not names:
                    names = names_of(row)
                elif any(cell not in (None, "") for cell in row):
                    yield number, record(names, row)
        except BadFile:
            raise
        except Exception as error:  # whatever the parts of openpyxl raise where a workbook is not as it should be
            sentence = _("The spreadsheet is broken (%(error)s); save it again as .xlsx or CSV.")
            reason = storable(str(error))[:100] or type(error).__name__
            raise BadFile(sentence % {"error": reason}) from error


def _check_workbook(file: BinaryIO) -> None:
    """Raise BadFile for an archive that is no workbook, and for parts that would fill the memory."""
    size = file.seek(0, 2)
    parts = members(file, max(ALWAYS_FINE, RATIO * size))
    if not any(part.filename == SHEET for part in parts):
        raise BadFile(_("This is an archive in an archive; unpack the outer one first."))
    if any(part.file_size > MAX_PART and "/worksheets/" not in part.filename for part in parts):
        sentence = _("A part of the spreadsheet has more than %(size)s MiB; save it as CSV.")
        raise BadFile(sentence % {"size": MAX_PART // 2**20})
    file.seek(0)


# --- Parquet


def _parquet(source: Source) -> Records:
    import pyarrow
    import pyarrow.parquet

    with source.open_seekable() as file:
        try:
            table = pyarrow.parquet.ParquetFile(file)
            _check_values(table.metadata)
            names = names_of(table.schema_arrow.names)
            rows = (row for batch in table.iter_batches(batch_size=ROWS) for row in _rows_of(batch, names))
            for number, row in enumerate(rows, start=1):
                yield number, {name: _value(value) for name, value in row.items()}
        except (pyarrow.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
            reason = storable(str(error))[:100]
            raise BadFile(_("The Parquet file is broken (%(error)s).") % {"error": reason}) from error


def _rows_of(batch: Any, names: list[str]) -> list[dict[str, Any]]:
    if batch.nbytes > MAX_ROWS_BYTES:
        raise BadFile(_too_much())
    return batch.rename_columns(names).to_pylist()


def _check_values(metadata: Any) -> None:
    """Raise BadFile where lists are so long that a row would fill the memory."""
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        if any(group.column(k).num_values > MAX_VALUES * group.num_rows for k in range(group.num_columns)):
            raise BadFile(_too_much())


def _too_much() -> str:
    return _("A few rows of the table would fill the memory.")


def _value(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, list | dict) else plain(value)


def likelihood(_beginning: Beginning) -> int:
    """Any text may be a table of one column; what is no text and is read at all is a workbook or Parquet."""
    return POSSIBLE


CONTAINER = Container(name="table", of="records", read=records, likelihood=likelihood, asked_as="turn_rows")
