"""Values of each version by day, week or month: mean with interval, and the share from a threshold on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from scoring.figures.intervals import begins_of, half_intervals
from scoring.figures.selection import Scored, Selection

BY_DAY_BELOW, BY_WEEK_UP_TO = 21, 731  # days of the whole span
MONDAY = 4  # of the first week that begins after the epoch, 1970-01-05, in days


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class PeriodFigures:
    """Of one version in the conversations that ended in one period. None where nothing is known."""

    version: int
    begins: date  # its first day; of a week the Monday
    total: int
    known: int
    acceptable: int  # with a value from the threshold on
    mean: float | None = None
    low: float | None = None  # 95%, clustered by dialogue; None also for a single dialogue
    high: float | None = None

    @property
    def share_acceptable(self) -> float | None:
        """Of the known values."""
        return self.acceptable / self.known if self.known else None

    @property
    def half(self) -> float | None:
        """Half the width of the interval, which may be cut off at 0 or 1 on one side; None where there is none."""
        if self.mean is None or self.low is None or self.high is None:
            return None
        return max(self.mean - self.low, self.high - self.mean)


@dataclass(frozen=True)
class Change:
    """From one period of a version to a later one, with other conversations."""

    before: PeriodFigures
    now: PeriodFigures

    @property
    def difference(self) -> float:
        """Of the means; 0 where one is unknown."""
        return 0.0 if self.now.mean is None or self.before.mean is None else self.now.mean - self.before.mean

    @property
    def direction(self) -> int:
        """1 for better, -1 for worse, 0 where the 95% interval of the difference has 0 in it or cannot be told."""
        before, now = self.before.half, self.now.half
        if before is None or now is None or abs(self.difference) <= math.hypot(before, now):
            return 0
        return 1 if self.difference > 0 else -1


@dataclass(frozen=True)
class OverTime:
    period: Period
    rows: list[PeriodFigures]  # by version, in that by time; a period without values has none

    @property
    def by_version(self) -> dict[int, list[PeriodFigures]]:
        """By the id of each version with a known value, in their order: the rows that have one."""
        found: dict[int, list[PeriodFigures]] = {}
        for row in self.rows:
            if row.known:
                found.setdefault(row.version, []).append(row)
        return found


def over_time(selection: Selection, scored: Scored) -> OverTime:
    """Of final scores; `scored` are those of the selection under some parameters."""
    columns = selection.columns
    return by_period(columns.versions, columns.dialogues, columns.days, scored.final, scored.parameters.threshold)


def by_period(
    versions: np.ndarray, dialogues: np.ndarray, days: np.ndarray, values: np.ndarray, threshold: float
) -> OverTime:
    """Of values in [0, 1], NaN where unknown. All (N,), sorted by version and in that by dialogue; days are days."""
    if not len(versions):
        return OverTime(Period.WEEK, [])
    days = days.astype("datetime64[D]").astype(np.int64)
    period = period_of(int(days.max() - days.min()) + 1)
    numbers, first = _numbers(days, period)
    width = int(numbers.max()) + 1
    begins = begins_of(versions)
    places = np.repeat(np.arange(len(begins)), np.diff([*begins, len(versions)]))
    found = _Cells.of(dialogues, places * width + numbers, values, threshold)
    rows = []
    for cell in np.flatnonzero(found.total).tolist():
        place, number = divmod(cell, width)
        rows.append(found.row(cell, int(versions[begins[place]]), begin_of(first + number, period)))
    return OverTime(period, rows)


def period_of(days: int) -> Period:
    """How finely a span of so many days is divided."""
    if days < BY_DAY_BELOW:
        return Period.DAY
    return Period.WEEK if days <= BY_WEEK_UP_TO else Period.MONTH


def begin_of(number: int, period: Period) -> date:
    """The first day of the period with this number, from that of the epoch on."""
    match period:
        case Period.DAY:
            day = np.datetime64(number, "D")
        case Period.WEEK:
            day = np.datetime64(number * 7 + MONDAY, "D")
        case Period.MONTH:
            day = np.datetime64(number, "M").astype("datetime64[D]")
    return day.item()


def _numbers(days: np.ndarray, period: Period) -> tuple[np.ndarray, int]:
    """The number (N,) of the period of each day, counted from the first of them; and which number that is.

    Days (N,) are since the epoch. A span has few of them, so each is divided once and then looked up.
    """
    earliest = int(days.min())
    each = np.arange(earliest, int(days.max()) + 1)
    match period:
        case Period.DAY:
            of_day = each
        case Period.WEEK:
            of_day = (each - MONDAY) // 7
        case Period.MONTH:
            of_day = each.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (of_day - of_day[0])[days - earliest], int(of_day[0])


@dataclass(frozen=True)
class _Cells:
    """Figures (C,) of each cell, a version in a period; NaN where unknown."""

    total: np.ndarray
    known: np.ndarray
    acceptable: np.ndarray
    mean: np.ndarray
    half: np.ndarray

    @classmethod
    def of(cls, dialogues: np.ndarray, cells: np.ndarray, values: np.ndarray, threshold: float) -> _Cells:
        """From the dialogue and the cell of each value (N,), which come by version and dialogue."""
        order, begins = _clusters(dialogues, cells)
        groups, values = cells[order][begins], values[order]
        is_known = ~np.isnan(values)
        known = np.add.reduceat(is_known, begins, dtype=np.int64)
        sums = np.add.reduceat(np.where(is_known, values, 0.0), begins)
        acceptable = np.add.reduceat(values >= threshold, begins, dtype=np.int64)
        lengths = np.diff(begins, append=len(cells))
        known_of_cell = _summed(groups, known)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = _summed(groups, sums) / known_of_cell
        deviations = sums - np.where(known > 0, mean[groups], 0.0) * known
        half = half_intervals(deviations, groups, known_of_cell, _summed(groups, known > 0))
        return cls(_summed(groups, lengths), known_of_cell, _summed(groups, acceptable), mean, half)

    def row(self, cell: int, version: int, begins: date) -> PeriodFigures:
        mean, half = float(self.mean[cell]), float(self.half[cell])
        counts = (int(self.total[cell]), int(self.known[cell]), int(self.acceptable[cell]))
        if not counts[1]:
            return PeriodFigures(version, begins, *counts)
        low, high = (None, None) if np.isnan(half) else (max(0.0, mean - half), min(1.0, mean + half))
        return PeriodFigures(version, begins, *counts, mean, low, high)


def _summed(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Of each cell, from the values of its clusters."""
    return np.bincount(groups, weights=values)


def _clusters(dialogues: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray | slice, np.ndarray]:
    """An order in which the rows that a cell has of one dialogue follow each other, and where each such stretch begins.

    Only a dialogue whose values are of several periods may be out of order.
    """
    other_dialogue = dialogues[1:] != dialogues[:-1]
    if not (~other_dialogue & (cells[1:] < cells[:-1])).any():
        begins = np.flatnonzero(other_dialogue | (cells[1:] != cells[:-1])) + 1
        return slice(None), np.concatenate([[0], begins])
    stretch = np.cumsum(np.concatenate([[0], other_dialogue]))
    keys = stretch * (int(cells.max()) + 1) + cells
    order = np.argsort(keys, kind="stable")
    return order, begins_of(keys[order])
