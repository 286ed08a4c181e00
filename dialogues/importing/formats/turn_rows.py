"""A table with one turn a row: the dialogue's id, the role, the text, and perhaps the time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.formats.columns import all_of, cell, guessed, mapping, text
from dialogues.importing.records import MAX_CHARACTERS, MAX_TURNS, Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused
from dialogues.importing.times import time_of

FIELDS = ("dialogue", "role", "text", "time")
NEEDED = ("dialogue", "role", "text")
MOST_OPEN = 2_000  # dialogues that may be interleaved
MOST_HELD = 16 * 2**20  # characters of all dialogues that are open


@dataclass
class _Open:
    """A dialogue of which further rows may come. Of one that is too long, only so much is held as shows it."""

    line: int
    rows: list[tuple[datetime | None, RawTurn]] = field(default_factory=list)
    size: int = 0  # characters

    def add(self, time: datetime | None, turn: RawTurn) -> None:
        if len(self.rows) <= MAX_TURNS:
            self.rows.append((time, turn))
            self.size += len(turn.text)


def read(records: Records, choices: Choices) -> Items:
    """The dialogues, whose rows may alternate: each when the file ends, or when too many others had rows since.

    Rows that come for a dialogue after that are another one with the same id.
    """
    opened: OrderedDict[str, _Open] = OrderedDict()
    held = 0
    for number, record in records:
        try:
            if isinstance(record, Refused):
                raise record
            name, time, turn = _row(record, choices)
        except Refused as refused:
            yield number, refused
            continue
        dialogue = opened.setdefault(name, _Open(number))
        opened.move_to_end(name)
        before = dialogue.size
        dialogue.add(time, turn)
        held += dialogue.size - before
        while len(opened) > MOST_OPEN or (held > MOST_HELD and len(opened) > 1):
            oldest, closed = opened.popitem(last=False)
            held -= closed.size
            yield closed.line, _dialogue(oldest, closed)
    yield from _closed(opened)


def _closed(opened: OrderedDict[str, _Open]) -> Iterator[tuple[int, RawDialogue]]:
    for name, dialogue in opened.items():
        yield dialogue.line, _dialogue(name, dialogue)


def _dialogue(name: str, dialogue: _Open) -> RawDialogue:
    """In the order of the times where every row has one, else in that of the file."""
    rows = dialogue.rows
    times = [time for time, _turn in rows if time]
    if len(times) == len(rows):
        rows = sorted(rows, key=lambda row: row[0] or datetime.min)
    return RawDialogue([turn for _time, turn in rows], source_id=name, ended_at=max(times, default=None))


def _row(record: dict[str, Any], choices: Choices) -> tuple[str, datetime | None, RawTurn]:
    names = mapping(record, FIELDS, choices.columns)
    for needed in ("dialogue", "role"):
        if not cell(record, names, needed):
            raise Refused("field", names.get(needed, needed))
    said = text(record, names, "text")[: MAX_CHARACTERS + 1]
    turn = RawTurn(cell(record, names, "role"), said)
    return cell(record, names, "dialogue"), time_of(record.get(names.get("time", ""))), turn


def matches(sample: Sequence[Any]) -> bool:
    return {"role", "text"} <= set(guessed(all_of(sample), FIELDS))


EXAMPLE = (
    "dialogue_id,role,text,time\n"
    "a1,customer,在吗，什么时候发货,2026-11-11 10:00:02\n"
    "a1,agent,亲，48小时内发出哦,2026-11-11 10:01:30"
)
FORMAT = Format("turn_rows", _("table, one turn a row"), "records", matches, read, EXAMPLE, FIELDS, NEEDED)
