"""One JSON object a line."""

from __future__ import annotations

import json

from dialogues.importing.containers.base import LIKELY, NEVER, POSSIBLE, Beginning, Container, Records
from dialogues.importing.containers.lines import lines
from dialogues.importing.opening import Source
from dialogues.importing.refused import Refused


def records(source: Source, encoding: str) -> Records:
    """The objects by line."""
    for number, line in lines(source, encoding):
        yield number, line if isinstance(line, Refused) else parse(line)


def parse(line: str) -> dict | Refused:
    """The object that the line is."""
    try:
        record = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return Refused("json")
    return record if isinstance(record, dict) else Refused("json")


def likelihood(beginning: Beginning) -> int:
    """Likely where the first line is all that is known, or where one of the first two is an object."""
    if not beginning.is_like_json:
        return NEVER
    first, ended, rest = beginning.text.partition("\n")
    is_likely = not ended or any(isinstance(parse(line), dict) for line in (first, rest.split("\n")[0]))
    return LIKELY if is_likely else POSSIBLE


CONTAINER = Container(
    name="json_lines", of="records", read=records, likelihood=likelihood, asked_as="pairs", names_fields=True
)
