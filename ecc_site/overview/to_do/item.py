"""One thing that waits for a manager."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

MOST = 1000  # rows are counted no further


class Urgency(IntEnum):
    """The first comes first."""

    BROKEN = 1  # something stopped, or will stop today
    DUE = 2  # a day is near or over
    WAITS = 3  # somebody's work waits for it
    OPEN = 4  # there is more to do


@dataclass(frozen=True)
class ToDo:
    """text: what it is, with its number; detail: what else is worth knowing, such as a deadline."""

    urgency: Urgency
    text: str
    address: str
    detail: str = ""

    @property
    def stands_out(self) -> bool:
        return self.urgency <= Urgency.DUE


def at_most(count: int) -> str:
    """A number of rows that were counted no further than MOST."""
    return f"{MOST:,}+" if count > MOST else f"{count:,}"
