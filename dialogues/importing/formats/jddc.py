"""The chat log of JDDC: session id, user id, sent by the agent or not, transfer, repeat and text, with tabs between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Lines
from dialogues.importing.records import MAX_CHARACTERS, MAX_TURNS, Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused

COLUMNS = 6
HEADER = "session_id"
Row = tuple[int, str, RawTurn | Refused]


def read(lines: Lines, _choices: Choices) -> Items:
    """The sessions, each of the lines that follow one another with its id.

    Of one that is too long, only so much is held as shows it. Whether a line was a transfer, or the customer came
    repeatedly, changes nothing of what was said.
    """
    for session, rows in groupby(_rows(lines), key=lambda row: row[1]):
        first, turns = 0, []  # type: int, list[RawTurn]
        for number, _session, row in rows:
            if isinstance(row, Refused):
                yield number, row
                continue
            first = first or number
            if len(turns) <= MAX_TURNS:
                turns.append(row)
        if turns:
            yield first, RawDialogue(turns, source_id=session)


def _rows(lines: Lines) -> Iterator[Row]:
    """The lines with their session; one that cannot be used does not end a session."""
    session = ""
    for number, line in lines:
        if isinstance(line, Refused):
            yield number, session, line
            continue
        parts = line.split("\t", COLUMNS - 1)
        if parts[0].strip().lower() == HEADER:
            continue
        if len(parts) < COLUMNS or parts[2].strip() not in ("0", "1"):
            yield number, session, Refused("columns", count=COLUMNS)
            continue
        session = parts[0].strip()
        role = "agent" if parts[2].strip() == "1" else "customer"
        yield number, session, RawTurn(role, parts[5][: MAX_CHARACTERS + 1])


def matches(sample: Sequence[Any]) -> bool:
    rows = [line.split("\t") for line in sample if not line.lower().startswith(HEADER)]
    fitting = sum(len(row) >= COLUMNS and set(row[2:5]) <= {"0", "1"} for row in rows)
    return bool(rows) and fitting > 0.8 * len(rows)


EXAMPLE = "s1\tu1\t0\t0\t0\t在吗，什么时候发货\ns1\tu1\t1\t0\t0\t亲，48小时内发出哦"
FORMAT = Format("jddc", _("JDDC chat log"), "lines", matches, read, EXAMPLE)
