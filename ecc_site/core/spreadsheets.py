"""Files for spreadsheet programs, with cells that they do not take for formulas: customers may write anything."""

import csv
import re
from collections.abc import Iterable, Iterator

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def escape_formula(value: object) -> object:
    """A text that would start a formula gets an apostrophe in front; any other value is returned as it is."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


class _Echo:
    """A file whose write returns the text, so that the output of csv.writer can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The rows as lines of CSV, none of whose cells is a formula."""
    writer = csv.writer(_Echo())
    yield "\ufeff"  # the byte order mark tells spreadsheets that this is UTF-8
    for row in rows:
        yield writer.writerow([escape_formula(value) for value in row])
