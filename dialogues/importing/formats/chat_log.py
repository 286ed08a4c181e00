"""A chat as programs such as Qianniu, WeCom and QQ export it: a line with name and time, then what was said.

    小店客服 2026-11-11 10:00:02
    亲，在的哦

Both may stand the other way round, the time in brackets, and the message on the same line after a colon. A line of
dashes, of equals signs, or one that names the other party begins another dialogue, and so does a pause of half a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Lines
from dialogues.importing.records import MAX_CHARACTERS, MAX_TURNS, Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused
from dialogues.importing.times import time_of

PAUSE = timedelta(hours=12)
FIRST = 30  # lines by which the form of the headings is recognised

_TIME = r"(?P<time>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]?\s{0,2}(?:[上下]午\s?)?\d{1,2}:\d{2}(?::\d{2})?)"
# A name may have a colon inside (shop:person, as on Taobao), and after it a number in brackets (QQ).
_EDGE = r"[^\s:：,，\"()（）\[\]<>]"
_NAME = rf"(?P<name>{_EDGE}(?:[^,，\"()（）\[\]<>\t]{{0,58}}?{_EDGE})?)(?:\s?[(（<][\w.@-]{{1,60}}[)）>])?"
_SAID = r"[:：]\s*(?P<said>.*)"
NAME_FIRST = re.compile(rf"^\s*{_NAME}\s*[(（\[]?\s*{_TIME}\s*[)）\]]?\s*(?:{_SAID})?$")
TIME_FIRST = re.compile(rf"^\s*[(（\[]?{_TIME}[)）\]]?\s+{_NAME}\s*(?P<said>)$")
ONE_LINE = re.compile(rf"^\s*[(（\[]?{_TIME}[)）\]]?\s+{_NAME}\s*{_SAID}$")

_BETWEEN = re.compile(
    r"^\s*(?:[-=*—_]{5,}|(?:消息对象|消息分组|会话对象|聊天对象|对话)\s*[:：].*|消息记录\s*[(（].*)\s*$"
)
LONGEST_LINE = 400  # characters of a line that may be one with name and time


def read(lines: Lines, _choices: Choices) -> Items:
    """The dialogues of a log, each numbered by its first line."""
    first = list(islice(lines, FIRST))
    form = form_of([line for _number, line in first if isinstance(line, str)]) or NAME_FIRST
    headings, talk = Headings(form), Talk()
    for number, line in chain(first, lines):
        if isinstance(line, Refused):
            yield number, line
            continue
        between = bool(_BETWEEN.match(line))
        heading = None if between else headings.read(line, talk.last)
        if between or (heading and talk.last and heading.time - talk.last > PAUSE):
            yield from talk.ended()
            talk = Talk()
        if heading:
            talk.begin(number, heading)
        elif talk.turns:
            talk.add(line)
        elif not between:
            yield number, Refused("headless")
    yield from talk.ended()


@dataclass(frozen=True)
class Heading:
    """What the line before a message says."""

    name: str
    time: datetime
    said: str


@dataclass
class Talk:
    """The dialogue that is being read. Of one that is too long, only so much is held as shows it."""

    line: int = 0
    turns: list[tuple[str, list[str]]] = field(default_factory=list)
    last: datetime | None = None  # time of the last message
    _size: int = 0  # characters of the last message

    def begin(self, line: int, heading: Heading) -> None:
        """Another message begins."""
        self.line, self.last = self.line or line, heading.time
        if len(self.turns) <= MAX_TURNS:
            self.turns.append((heading.name, []))
            self._size = 0
            self.add(heading.said)

    def add(self, said: str) -> None:
        """A further line of the message."""
        if said and self._size <= MAX_CHARACTERS and len(self.turns) <= MAX_TURNS:
            self.turns[-1][1].append(said)
            self._size += len(said)

    def ended(self) -> Iterator[tuple[int, RawDialogue]]:
        """The dialogue, if anything was said."""
        if self.turns:
            turns = [RawTurn(name, "\n".join(said)) for name, said in self.turns]
            yield self.line, RawDialogue(turns, ended_at=self.last)


class Headings:
    """Tells lines with name and time from messages that have a time in them, such as “下单时间 2026-11-10 08:00”.

    Who has spoken before speaks again. A new name counts where its time is written as in the first heading, and is
    not before that of the last message.
    """

    def __init__(self, form: re.Pattern[str]) -> None:
        self._form, self._names, self._shape = form, set[str](), ""

    def read(self, line: str, last: datetime | None) -> Heading | None:
        found = match(self._form, line)
        time = time_of(found["time"]) if found else None
        if not found or not time:
            return None
        name, shape = found["name"].strip(), _shape(found["time"])
        self._shape = self._shape or shape
        if name not in self._names and (shape != self._shape or (last and time < last)):
            return None
        self._names.add(name)
        return Heading(name, time, found["said"] or "")


def _shape(time: str) -> str:
    """How a time is written, without its digits."""
    return re.sub(r"\d+", "0", time).replace("上午", "下午")


def match(form: re.Pattern[str], line: str) -> re.Match[str] | None:
    """The match of a line that may be one with name and time."""
    return form.match(line) if len(line) <= LONGEST_LINE and ":" in line else None


def form_of(sample: Iterable[str]) -> re.Pattern[str] | None:
    """The form of the headings in these lines; None where they are no log."""
    lines = [line for line in sample if not _BETWEEN.match(line)]
    counts = {form: sum(match(form, line) is not None for line in lines) for form in (NAME_FIRST, ONE_LINE, TIME_FIRST)}
    if counts[ONE_LINE] < 0.7 * len(lines):  # the colon is part of a name
        counts[ONE_LINE] = 0
    form = max(counts, key=lambda form: counts[form])
    begins = any(match(form, line) for line in lines[:3])
    return form if begins and counts[form] >= max(1, len(lines) // 6) else None


def matches(sample: Sequence[Any]) -> bool:
    return form_of(sample) is not None


EXAMPLE = "买家 2026-11-11 10:00:02\n在吗，什么时候发货\n小店:客服 2026-11-11 10:01:30\n亲，48小时内发出哦"
FORMAT = Format("chat_log", _("chat log (Qianniu, WeCom)"), "lines", matches, read, EXAMPLE)
