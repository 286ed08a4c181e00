"""Files with one JSON object per line: a bad line is reported with its number; files are written all or nothing."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

MAX_LINE_BYTES = 4 * 2**20


class LineProblem(Exception):
    """A line that cannot be used: which field (empty for the whole line), and what was expected."""

    def __init__(self, field: str, expected: str):
        super().__init__(f"{field}: {expected}" if field else expected)
        self.field, self.expected = field, expected


def read_jsonl(path: Path) -> Iterator[tuple[int, dict | LineProblem]]:
    """Line numbers from 1, each with its JSON object or what is wrong with the line; empty lines are skipped."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b""), start=1):
            if len(line) > MAX_LINE_BYTES:
                _skip_rest_of_line(file)
                yield number, LineProblem("", f"a line of at most {MAX_LINE_BYTES // 2**20} MiB")
            elif line.strip():
                yield number, _parse(line)


def _skip_rest_of_line(file: BinaryIO) -> None:
    while (part := file.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
        pass


def _parse(line: bytes) -> dict | LineProblem:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return LineProblem("", "text in UTF-8")
    except (ValueError, RecursionError):
        return LineProblem("", "a JSON object")
    return record if isinstance(record, dict) else LineProblem("", "a JSON object")


def count_lines(path: Path) -> int:
    """How many lines a file has; a last line without a line break counts."""
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(2**20):
            count, last = count + block.count(b"\n"), block
    return count + (not last.endswith(b"\n"))


def write_jsonl(path: Path, records: Iterable[dict]) -> int:
    """Write the records and return how many there were.

    They go to a temporary file that is then renamed, so a half-written file never has the final name.
    """
    count = 0
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            for record in records:
                file.write(_format(record))
                count += 1
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _format(record: dict) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate: JSON can escape it, UTF-8 cannot encode it
        return json.dumps(record).encode() + b"\n"
