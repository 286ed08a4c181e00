"""A table with one turn a row: the dialogue's id, the role, the text, and perhaps the time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.formats.columns import guessed, mapping
from dialogues.importing.records import MAX_TURNS, Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused
from dialogues.importing.times import time_of

FIELDS = ("dialogue", "role", "text", "time")
NEEDED = ("dialogue", "role", "text")
MOST_OPEN = 2_000  # dialogues that may be interleaved


@dataclass
class _Open:
    """A dialogue of which further rows may come."""

    line: int
    rows: list[tuple[datetime | None, RawTurn]] = field(default_factory=list)


def read(records: Records, choices: Choices) -> Items:
    """The dialogues, whose rows may alternate: each when the file ends, or when MOST_OPEN others had rows since."""
    opened: OrderedDict[str, _Open] = OrderedDict()
    for number, record in records:
        try:
            if isinstance(record, Refused):
                raise record
            name, time, turn = _row(record, choices)
        except Refused as refused:
            yield number, refused
            continue
        if name not in opened:
            yield from _closed(opened, MOST_OPEN - 1)
            opened[name] = _Open(number)
        opened.move_to_end(name)
        opened[name].rows.append((time, turn))
        if len(opened[name].rows) > MAX_TURNS:
            yield opened.pop(name).line, Refused("most_turns", limit=MAX_TURNS)
    yield from _closed(opened, 0)


def _closed(opened: OrderedDict[str, _Open], most: int) -> Iterator[tuple[int, RawDialogue]]:
    """Those that have waited longest, until at most `most` are open."""
    while len(opened) > most:
        name, dialogue = opened.popitem(last=False)
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
    for needed in NEEDED:
        if str(record.get(names.get(needed, ""), "") or "").strip() == "" and needed != "text":
            raise Refused("field", names.get(needed, needed))
    name, role, text = (str(record.get(names.get(field, ""), "") or "") for field in NEEDED)
    if "text" not in names:
        raise Refused("field", "text")
    return name.strip(), time_of(record.get(names.get("time", ""))), RawTurn(role.strip(), text)


def matches(sample: Sequence[Any]) -> bool:
    return bool(sample) and {"role", "text"} <= set(guessed(sample[0], FIELDS)) and "turns" not in sample[0]


FORMAT = Format("turn_rows", _("table, one turn a row"), "records", matches, read, FIELDS)
