"""Commands that read one JSONL file and write another, without the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from ecc_site.core.jsonl import LineProblem, count_lines, read_jsonl, write_jsonl

BATCH = 256


class FileCommand(BaseCommand):
    """Subclasses say in `check_record` which records can be used and in `results` what becomes of them.

    If a line cannot be used, nothing is written; the error names its number, the field and what was expected.
    """

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("infile", type=Path)
        parser.add_argument("outfile", type=Path)

    def prepare(self, options: dict) -> None:
        """Read options and load models, before the first line."""

    def check_record(self, record: dict) -> None:
        """Raise LineProblem if the record cannot be used."""
        raise NotImplementedError

    def results(self, records: list[dict]) -> list[dict]:
        """What is written for these records, one each and in the same order."""
        raise NotImplementedError

    def handle(self, *args: Any, infile: Path, outfile: Path, **options: Any) -> None:
        if not infile.is_file():
            raise CommandError(f"{infile} cannot be read.")
        self.prepare(options)
        try:
            written = write_jsonl(outfile, self._all_results(infile))
        except OSError as error:
            raise CommandError(f"{outfile} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{written} lines written to {outfile}")

    def _all_results(self, infile: Path) -> Iterator[dict]:
        records = self._checked_records(infile)
        with tqdm(total=count_lines(infile), disable=not self.stderr.isatty()) as bar:
            while batch := list(islice(records, BATCH)):
                yield from self.results(batch)
                bar.update(len(batch))

    def _checked_records(self, infile: Path) -> Iterator[dict]:
        for _number, record in checked_lines(infile, self.check_record):
            yield record


def checked_lines(file: Path, check: Callable[[dict], None]) -> Iterator[tuple[int, dict]]:
    """Line numbers from 1 with their records. Raises CommandError at the first that `check` refuses."""
    for number, record in read_jsonl(file):
        try:
            if isinstance(record, LineProblem):
                raise record
            check(record)
        except LineProblem as problem:
            place = f", field {problem.field}" if problem.field else ""
            message = f"{file}, line {number}{place}: expected {problem.expected}. Nothing was written."
            raise CommandError(message) from None
        yield number, record


def require_texts(record: dict, *names: str, or_null: bool = False) -> None:
    """Raise LineProblem unless the record has these fields and each is a text, or null if that is allowed."""
    allowed = (str, type(None)) if or_null else (str,)
    for name in names:
        if name not in record or not isinstance(record[name], allowed):
            raise LineProblem(name, "a text or null" if or_null else "a text")
