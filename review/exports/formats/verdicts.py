"""Every verdict with all its columns, as JSON lines or as a table for spreadsheet programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from ecc_site.core.spreadsheets import csv_lines
from review.exports.formats.base import Format, Record
from review.exports.judged import NAMES, Judged


class VerdictsAsJson(Format):
    """All columns, and in `conversation` what was said before the customer's turn, events too."""

    name = "verdicts.jsonl"
    label = _("verdicts, JSON lines")

    def records(self, batch: Sequence[Judged]) -> Iterator[Record]:
        for judged in batch:
            yield judged.columns | {"conversation": [{"role": role, "text": text} for role, text in judged.before]}


class VerdictsAsTable(Format):
    """All columns; a list in a cell is joined by semicolons, what is unknown is empty."""

    name = "verdicts.csv"
    label = _("verdicts, CSV")
    ending = "csv"

    def records(self, batch: Sequence[Judged]) -> Iterator[Record]:
        for judged in batch:
            yield {name: _cell(value) for name, value in judged.columns.items()}

    def lines(self, records: Iterable[Record]) -> Iterator[str]:
        return csv_lines(_table(records))


def _table(records: Iterable[Record]) -> Iterator[Iterable[object]]:
    yield NAMES
    for record in records:
        yield record.values()


def _cell(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value
