"""One JSON object a line."""

from __future__ import annotations

import json

from dialogues.importing.containers import Records
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
