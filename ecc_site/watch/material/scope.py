"""Whose answers are looked at, how many of them make a window, and what was found in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogues.models import Dataset
from serving.models import Version

LEVEL = 0.99  # of intervals: a year has many windows, and one in twenty beyond its bound by chance would be noise
LEAST_DIALOGUES = 20  # fewer tell too little of how dialogues differ


@dataclass(frozen=True)
class Scope:
    """The answers of a version in a dataset beside one kind of reference answers."""

    dataset: Dataset
    version: Version
    kind: str

    @property
    def filter(self) -> dict[str, object]:
        """For models that repeat these columns."""
        return {"dataset": self.dataset, "version": self.version, "kind": self.kind}


@dataclass(frozen=True)
class Window:
    """A window has the newest `size` rows, or a third of those that there are; the baseline the `baseline` before it.

    Nothing is measured over fewer than `least` rows in all, nor before a fifth of a window is new: looking at the same
    rows again and again would find something in the end.
    """

    size: int
    baseline: int
    least: int

    def size_of(self, there: int) -> int:
        """Of the window, where there are so many rows."""
        return min(self.size, there // 3) if self.baseline else min(self.size, there)

    def is_due(self, ids: Sequence[int], measured: int | None) -> bool:
        """Whether to measure again. ids: of all rows, the newest first; measured: the newest that was, None: none."""
        if len(ids) < self.least:
            return False
        return measured is None or sum(pk > measured for pk in ids) >= max(1, self.size_of(len(ids)) // 5)


@dataclass(frozen=True)
class Reading:
    """A figure of a window with its interval of LEVEL, as Measurement keeps it."""

    value: float
    low: float
    high: float
    n: int
    before: float | None
    first_id: int
    last_id: int
    since: datetime
    until: datetime
