"""The chart of scores over time, and its sentence."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ecc_site.core.charts import as_json
from scoring import charts
from scoring.figures.over_time import Period, PeriodFigures
from scoring.readings import reading_over_time
from serving.models import Alias, AliasMove
from tests import build


def week(day: str, mean: float, half: float | None = 0.04) -> PeriodFigures:
    interval = () if half is None else (mean - half, mean + half)
    return PeriodFigures(1, date.fromisoformat(day), 1200, 1200, 600, mean, *interval)


DAY = timedelta(days=1)
WEEKS = [week("2026-11-16", 0.5), week("2026-11-23", 0.57)]


def test_a_line_has_its_points_and_intervals_and_a_mark_its_colour():
    chart = as_json(charts.over_time({"v1": WEEKS, "<b>v2": WEEKS[:1]}, [(date(2026, 11, 20), "v1")]))
    first, second, marks = chart["data"]
    assert (first["x"], first["y"]) == (["2026-11-16", "2026-11-23"], [0.5, 0.57])
    assert first["error_y"]["array"] == pytest.approx([0.04, 0.04])
    assert second["name"] == "&lt;b&gt;v2"
    assert marks["x"] == ["2026-11-20"]
    assert marks["marker"]["color"] == [first["line"]["color"]]
    assert [shape["x0"] for shape in chart["layout"]["shapes"]] == ["2026-11-20"]
    assert chart["layout"]["yaxis"]["autorangeoptions"] == {"clipmin": 0, "clipmax": 1}


def test_without_a_new_champion_there_is_no_mark_and_a_period_without_interval_has_a_point():
    chart = charts.over_time({"v1": [week("2026-11-16", 0.5, None)]}, [])
    assert chart["layout"]["shapes"] == []
    assert chart["data"][0]["error_y"]["array"] == [0.0]


def test_a_few_days_have_a_tick_each_and_weeks_as_many_as_fit():
    one_day, weeks = (charts.over_time({"v1": rows}, []) for rows in (WEEKS[:1], WEEKS))
    assert one_day["layout"]["xaxis"]["dtick"] == 86_400_000
    assert "dtick" not in weeks["layout"]["xaxis"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (WEEKS, "v1: 0.57 in the week from 2026-11-23 (n = 1,200), 0.50 in that from 2026-11-16. That is better."),
        (WEEKS[:1], "v1: 0.50 (n = 1,200). A change shows with a second day."),
        ([WEEKS[1], WEEKS[1]], "That is no clear change."),
        (WEEKS[::-1], "That is worse."),
    ],
)
def test_the_sentence_compares_the_last_two_periods(rows, said):
    assert said in reading_over_time("v1", rows, Period.WEEK)


@pytest.mark.django_db
def test_champions_are_told_by_the_days_of_the_shop():
    first, second = build.version("v1"), build.version("v2")
    for version in (first, second):
        Alias.move("champion", version)
    Alias.move("previous", first)
    today = timezone.localdate()
    assert AliasMove.objects.champions(today, today) == [(today, first), (today, second)]
    assert AliasMove.objects.champions(today + DAY, today + DAY) == []
