"""Tables: each row a dict by the names in the first line. CSV and TSV, Excel, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from dialogues.importing.containers import Records
from dialogues.importing.encodings import BROKEN, as_text
from dialogues.importing.opening import PARQUET, ZIP, Source
from dialogues.importing.problems import BadFile
from dialogues.importing.refused import Refused

DELIMITERS = "\t,;|"
MAX_CELL = 2**20  # characters
MAX_COLUMNS = 500


def records(source: Source, encoding: str) -> Records:
    """The rows as dicts of texts (of lists and dicts as well where a Parquet file has them). Raises BadFile."""
    if source.kind == ZIP:
        return _excel(source)
    if source.kind == PARQUET:
        return _parquet(source)
    return _csv(source, encoding)


def delimiter(line: str) -> str:
    """The sign that most often divides this line; a comma where there is none."""
    return max(DELIMITERS, key=line.count) if any(sign in line for sign in DELIMITERS) else ","


def _csv(source: Source, encoding: str) -> Records:
    csv.field_size_limit(MAX_CELL)
    with source.open() as file, as_text(file, encoding) as text:
        first = text.readline(MAX_CELL).lstrip("\ufeff")
        rows = csv.reader(_without_nul(first, text), delimiter=delimiter(first))
        names: list[str] = []
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield rows.line_num, Refused("quotes", error=str(error))
                return
            if not names:
                names = _names(row)
            elif any(row):
                yield rows.line_num, _record(names, row, encoding)


def _without_nul(first: str, text: Iterator[str]) -> Iterator[str]:
    """The lines with U+FFFD for NUL, at which the reader of CSV would stop."""
    yield first.replace("\x00", "\ufffd")
    for line in text:
        yield line.replace("\x00", "\ufffd")


def _names(row: list[Any]) -> list[str]:
    if len(row) > MAX_COLUMNS:
        raise BadFile(_("The table has more than %(count)s columns.") % {"count": MAX_COLUMNS})
    return [str(name or "").strip() or f"column {i}" for i, name in enumerate(row, start=1)]


def _record(names: list[str], row: list[str], encoding: str) -> dict | Refused:
    if any(BROKEN in cell for cell in row):
        return Refused("bytes", encoding=encoding.removesuffix("-sig").upper())
    if len(row) > len(names):
        return Refused("columns", count=len(names))
    return dict(zip(names, row, strict=False))


def _excel(source: Source) -> Records:
    """The rows of the first sheet."""
    from openpyxl import load_workbook

    with source.open() as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(values_only=True)
            names = _names(list(next(rows, ())))
            for number, row in enumerate(rows, start=2):
                if any(cell not in (None, "") for cell in row):
                    yield number, dict(zip(names, (_text(cell) for cell in row[: len(names)]), strict=False))
        except BadFile:
            raise
        except (
            BadZipFile,
            KeyError,
            ValueError,
            TypeError,
            IndexError,
            AttributeError,
            EOFError,
            SyntaxError,
            OSError,
        ) as error:
            sentence = _("The spreadsheet is broken (%(error)s); save it again as .xlsx or CSV.")
            raise BadFile(sentence % {"error": str(error)[:100] or type(error).__name__}) from error


def _text(cell: object) -> str:
    """A cell as it is read on the screen: whole numbers without a point, an empty cell as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _value(value: object) -> object:
    return value if isinstance(value, list | dict) else _text(value)


def _parquet(source: Source) -> Records:
    import pyarrow
    import pyarrow.parquet

    with source.open() as file:
        try:
            table = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(file, mode="r") if source.member else file)
            rows = (row for batch in table.iter_batches(batch_size=500) for row in batch.to_pylist())
            for number, row in enumerate(rows, start=1):
                yield number, {name: _value(value) for name, value in row.items()}
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise BadFile(_("The Parquet file is broken (%(error)s).") % {"error": str(error)[:100]}) from error


def columns(source: Source, encoding: str) -> list[str]:
    """The names of the table's columns, from its first row."""
    record = next((record for _number, record in islice(records(source, encoding), 20) if isinstance(record, dict)), {})
    return list(record)
