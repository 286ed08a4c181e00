"""The chat log of JDDC: session id, user id, sent by the agent or not, transfer, repeat and text, with tabs between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Lines
from dialogues.importing.records import Items, RawDialogue, RawTurn, Skipped
from dialogues.importing.refused import Refused

COLUMNS = 6
HEADER = "session_id"
Row = tuple[int, str, "RawTurn | Refused | Skipped"]


def read(lines: Lines, _choices: Choices) -> Items:
    """The sessions, each of the lines that follow one another with its id."""
    for session, rows in groupby(_rows(lines), key=lambda row: row[1]):
        first, turns = 0, []
        for number, _session, row in rows:
            first = first or number
            if isinstance(row, RawTurn):
                turns.append(row)
            else:
                yield number, row
        if turns:
            yield first, RawDialogue(turns, source_id=session)


def _rows(lines: Lines) -> Iterator[Row]:
    session = ""
    for number, line in lines:
        if isinstance(line, Refused):
            yield number, session, line
            continue
        parts = line.split("\t", COLUMNS - 1)
        if parts[0].strip().lower() == HEADER:
            continue
        if len(parts) < COLUMNS or parts[2] not in ("0", "1"):
            yield number, session, Refused("columns", count=COLUMNS)
            continue
        session = parts[0]
        is_repeat = parts[4] == "1"
        turn = RawTurn("agent" if parts[2] == "1" else "customer", parts[5])
        yield number, session, Skipped("repeated message") if is_repeat else turn


def matches(sample: Sequence[Any]) -> bool:
    parts = [line.split("\t") for line in sample if not line.lower().startswith(HEADER)]
    return bool(parts) and all(len(row) >= COLUMNS and set(row[2:5]) <= {"0", "1"} for row in parts)


FORMAT = Format("jddc", _("JDDC chat log"), "lines", matches, read)
