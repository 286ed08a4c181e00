"""The mean final score of each version over time, with marks where a version began to answer customers."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from django.utils.translation import gettext as _

from review.score_room.room import Room
from review.score_room.tabs.drawn import Drawn, Row, query_of
from scoring import charts
from scoring.figures.over_time import OverTime, Period, PeriodFigures
from scoring.figures.over_time import over_time as figures_over_time
from scoring.readings import reading_over_time
from serving.models import AliasMove

LONGEST = timedelta(days=31)  # a period


def over_time(room: Room) -> Drawn:
    found = figures_over_time(room.selection, room.scored)
    by_version = found.by_version
    if not by_version:
        return Drawn(None, _("No final score is known here."))
    figure = charts.over_time({room.names[pk]: rows for pk, rows in by_version.items()}, _marks(by_version))
    for trace, of in zip(figure["data"], by_version.values(), strict=False):
        trace["meta"] = [_query(row, found.period) for row in of]
    columns = (_("Version"), _("Begins"), _("Known scores"), _("Mean"), _("from"), _("to"), _("Acceptable"))
    rows = [Row(_cells(room, row), _query(row, found.period)) for of in by_version.values() for row in of]
    return Drawn(figure, _reading(room, found), columns, rows)


def _marks(by_version: dict[int, list[PeriodFigures]]) -> list[tuple[date, str]]:
    """When which version began to answer customers, in the days that are drawn."""
    days = [row.begins for rows in by_version.values() for row in rows]
    moves = AliasMove.objects.champions(min(days), max(days) + LONGEST)
    return [(day, version.name) for day, version in moves]


def _reading(room: Room, found: OverTime) -> str:
    """Of the version with the latest period."""
    pk, rows = max(found.by_version.items(), key=lambda of: of[1][-1].begins)
    return reading_over_time(room.names[pk], rows, found.period)


def _cells(room: Room, row: PeriodFigures) -> tuple:
    means = (row.mean, row.low, row.high, row.share_acceptable)
    return (room.names[row.version], row.begins.isoformat(), row.known, *means)


def _query(row: PeriodFigures, period: Period) -> str:
    return query_of(of=row.version, first_day=row.begins, last_day=_last_day(row.begins, period))


def _last_day(begins: date, period: Period) -> date:
    match period:
        case Period.DAY:
            return begins
        case Period.WEEK:
            return begins + timedelta(days=6)
        case Period.MONTH:
            return begins.replace(day=monthrange(begins.year, begins.month)[1])
