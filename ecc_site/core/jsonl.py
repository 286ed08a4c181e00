"""Files of one JSON object a line: read with the number of every bad line, written wholly or not at all."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_LINE_BYTES = 4 * 2**20


class LineProblem(Exception):
    """A line that cannot be used: which field, and what was expected."""

    def __init__(self, field: str, expected: str):
        super().__init__(f"{field}: {expected}" if field else expected)
        self.field, self.expected = field, expected


def read_jsonl(path: Path) -> Iterator[tuple[int, dict | LineProblem]]:
    """One JSON object a line; empty lines are passed over. Line numbers start at 1."""
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE_BYTES + 1), b""), start=1):
            if len(line) > MAX_LINE_BYTES:
                _skip_rest_of_line(lines)
                yield number, LineProblem("", f"a line of at most {MAX_LINE_BYTES // 2**20} MiB")
            elif line.strip():
                yield number, _record(line)


def _skip_rest_of_line(lines) -> None:
    while (part := lines.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
        pass


def _record(line: bytes) -> dict | LineProblem:
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
    with path.open("rb") as blocks:
        while block := blocks.read(2**20):
            count, last = count + block.count(b"\n"), block
    return count + (not last.endswith(b"\n"))


def write_jsonl(path: Path, records: Iterable[dict]) -> int:
    """Write to a temporary name and rename, so that a half-written file never has the final name; returns the count."""
    count = 0
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            for record in records:
                file.write(_line(record))
                count += 1
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _line(record: dict) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a character, which JSON can name and UTF-8 cannot hold
        return json.dumps(record).encode() + b"\n"
