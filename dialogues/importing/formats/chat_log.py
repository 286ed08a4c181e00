"""A chat as programs such as Qianniu, WeCom and QQ export it: a line with name and time, then what was said.

    小店客服 2026-11-11 10:00:02
    亲，在的哦

Both may stand the other way round, the time in brackets, and the message on the same line after a colon. A line of
dashes, of equals signs, or one that names the other party begins another dialogue, and so does a pause of half a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Lines
from dialogues.importing.records import MAX_TURNS, Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused
from dialogues.importing.times import time_of

PAUSE = timedelta(hours=12)

_TIME = r"(?P<time>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]?\s{0,2}(?:[上下]午\s?)?\d{1,2}:\d{2}(?::\d{2})?)"
_NAME = r"(?P<name>[^\s:：()（）\[\]][^:：()（）\[\]\t]{0,59}?)"
_FORMS = (
    re.compile(rf"^\s*{_NAME}\s*[(（\[]?\s*{_TIME}\s*[)）\]]?\s*[:：]?\s*(?P<said>.*)$"),
    re.compile(rf"^\s*[(（\[]?{_TIME}[)）\]]?\s+{_NAME}\s*(?:[:：]\s*(?P<said>.*))?$"),
)
_BETWEEN = re.compile(r"^\s*(?:[-=*—_]{5,}|(?:消息对象|会话对象|聊天对象|对话)\s*[:：].*)\s*$")
LONGEST_LINE = 400  # characters of a line that may be one with name and time


def read(lines: Lines, _choices: Choices) -> Items:
    """The dialogues of a log, each numbered by its first line."""
    for first, turns, ended_at in _dialogues(lines):
        if isinstance(turns, Refused):
            yield first, turns
        elif len(turns) > MAX_TURNS:
            yield first, Refused("most_turns", limit=MAX_TURNS)
        else:
            yield first, RawDialogue([RawTurn(name, "\n".join(said)) for name, said in turns], ended_at=ended_at)


Turns = list[tuple[str, list[str]]]


def _dialogues(lines: Lines) -> Iterator[tuple[int, Turns | Refused, datetime | None]]:
    first, turns, last = 0, [], None  # type: int, Turns, datetime | None
    for number, line in lines:
        if isinstance(line, Refused):
            yield number, line, None
            continue
        begun = beginning(line)
        time = time_of(begun["time"]) if begun else None
        if _BETWEEN.match(line) or (time and last and time - last > PAUSE):
            if turns:
                yield first, turns, last
            first, turns, last = 0, [], None
        if begun:
            first, last = first or number, time or last
            turns.append((begun["name"].strip(), [begun["said"]] if begun["said"] else []))
        elif _BETWEEN.match(line):
            continue
        elif turns:
            turns[-1][1].append(line)
        else:
            yield number, Refused("headless"), None
    if turns:
        yield first, turns, last


def beginning(line: str) -> re.Match[str] | None:
    """The match of a line with name and time."""
    if len(line) > LONGEST_LINE or ":" not in line:
        return None
    return next((found for form in _FORMS if (found := form.match(line))), None)


def matches(sample: Sequence[Any]) -> bool:
    heads = [bool(beginning(line)) for line in sample if not _BETWEEN.match(line)]
    return sum(heads) >= max(1, len(heads) // 6) and any(heads[:3])


FORMAT = Format("chat_log", _("chat log (Qianniu, WeCom)"), "lines", matches, read)
