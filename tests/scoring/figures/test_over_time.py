"""Figures by day, week and month are compared with a plain loop over the scores."""

import datetime
import math
from dataclasses import replace

import numpy as np
import pytest

from scoring.figures.groups import Groups
from scoring.figures.over_time import Change, OverTime, Period, PeriodFigures, over_time, period_of
from scoring.figures.selection import Selection
from scoring.parameters import Parameters
from tests.scoring.figures.by_hand import clustered_half
from tests.scoring.figures.made import columns, random_selection

TRIED = Parameters(0.35, 0.6, 0.4)
FIRST = np.datetime64("2026-09-03")  # a Thursday
SPANS = {Period.DAY: 20, Period.WEEK: 200, Period.MONTH: 900}


def on_days(made: Selection, days) -> Selection:
    of = replace(made.columns, days=np.array(days))
    return Selection(of, Groups.of(of))


def begin(day: datetime.date, period: Period) -> datetime.date:
    if period == Period.WEEK:
        return day - datetime.timedelta(days=day.weekday())
    return day.replace(day=1) if period == Period.MONTH else day


@pytest.mark.parametrize("period", Period)
@pytest.mark.parametrize("in_order", [True, False])
def test_each_period_is_what_a_loop_finds(period, in_order):
    made = random_selection(3, n=600)
    random = np.random.default_rng(4)
    of_dialogue = random.integers(0, SPANS[period], 600)
    offsets = of_dialogue[made.columns.dialogues] if in_order else random.integers(0, SPANS[period], 600)
    made = on_days(made, FIRST + np.sort(offsets) if in_order else FIRST + offsets)
    found = over_time(made, made.under(TRIED))
    assert found.period == period
    cells: dict[tuple, list] = {}
    of = made.columns
    for version, dialogue, day, score in zip(of.versions, of.dialogues, of.days, made.under(TRIED).final, strict=True):
        cells.setdefault((version, begin(day.item(), period)), []).append((dialogue, score))
    assert [(row.version, row.begins) for row in found.rows] == sorted(cells)
    for row in found.rows:
        rows = cells[row.version, row.begins]
        known = [(dialogue, score) for dialogue, score in rows if not math.isnan(score)]
        assert (row.total, row.known) == (len(rows), len(known))
        assert row.acceptable == sum(score >= TRIED.threshold for _, score in known)
        if not known:
            assert (row.mean, row.low, row.high, row.share_acceptable) == (None, None, None, None)
            continue
        mean = sum(score for _, score in known) / len(known)
        assert row.mean == pytest.approx(mean)
        assert row.share_acceptable == row.acceptable / row.known
        if len({dialogue for dialogue, _ in known}) < 2:
            assert (row.low, row.high) == (None, None)
        else:
            half = clustered_half(known)
            assert (row.low, row.high) == pytest.approx((max(0, mean - half), min(1, mean + half)))


def test_the_last_week_of_a_span_is_whole_weeks_from_mondays():
    assert [period_of(days) for days in (1, 20, 21, 731, 732)] == ["day", "day", "week", "week", "month"]
    made = random_selection(0, n=400)
    found = over_time(on_days(made, FIRST + np.arange(400) % 100), made.under(TRIED))
    assert {row.begins.weekday() for row in found.rows} == {0}


def test_one_dialogue_across_two_weeks_is_a_cluster_in_each():
    of = columns([1] * 4, [0.2, 0.4, 0.6, 0.8], [0.5] * 4, [0.5] * 4, dialogues=[7, 7, 7, 8])
    days = np.array(["2026-09-01", "2026-09-30", "2026-09-02", "2026-09-01"], dtype="datetime64[D]")
    made = on_days(Selection(of, Groups.of(of)), days)
    first, last = over_time(made, made.under(Parameters(1, 0, 0.5))).rows
    assert (first.known, first.mean, last.known, last.low) == (3, pytest.approx(1.6 / 3), 1, None)
    half = clustered_half([(7, 0.2), (7, 0.6), (8, 0.8)])
    assert (first.low, first.high) == pytest.approx((max(0, first.mean - half), min(1, first.mean + half)))


def test_without_scores_there_are_no_periods():
    of = columns([], [], [], [])
    made = Selection(of, Groups.of(of))
    assert over_time(made, made.under(TRIED)) == OverTime(Period.WEEK, [])


def test_what_is_unknown_is_in_the_rows_but_in_no_line():
    of = columns([1, 2], [math.nan, 0.5], [0.5] * 2, [0.5] * 2)
    made = Selection(of, Groups.of(of))
    found = over_time(made, made.under(TRIED))
    assert [row.known for row in found.rows] == [0, 1]
    assert list(found.by_version) == [2]


@pytest.mark.parametrize(("now", "direction"), [(0.51, 0), (0.57, 1), (0.43, -1)])
def test_a_change_is_one_only_beyond_the_interval_of_the_difference(now, direction):
    def week(mean):
        return PeriodFigures(1, FIRST.item(), 9, 9, 5, mean, mean - 0.04, mean + 0.04)

    assert Change(week(0.5), week(now)).direction == direction
    assert Change(week(0.5), PeriodFigures(1, FIRST.item(), 1, 1, 0, now)).direction == 0
