import numpy as np
import plotly.graph_objects as go
import pytest

from scoring import charts
from scoring.comparing import NamedPair
from scoring.figures.by_version import BINS
from scoring.figures.curves import STEPS
from scoring.figures.paired import Paired
from scoring.parameters import Parameters
from scoring.summary import Summary
from tests.scoring.figures.made import selection


def test_shares_are_of_the_known_ones():
    summary = Summary(
        "v1", wanted=10, turns=5, known=6, mean=0.5, low=0.4, high=0.6, below=3, theta_rule=2, profile="r1"
    )
    assert (summary.coverage, summary.share_below, summary.share_theta) == (0.5, 1 / 2, 1 / 3)
    assert (summary.above, summary.beneath) == pytest.approx((0.1, 0.1))


def test_a_summary_counts_what_is_below_the_threshold():
    of = selection([1] * 4, [0.2, 0.5, 0.9, float("nan")], [0.5] * 4, [0.0] * 4)
    [found] = of.under(Parameters(0.8, 0.2, 0.5)).versions
    summary = Summary.of(found, "v1", wanted=8, turns=3)
    assert (summary.known, summary.below, summary.theta_rule, summary.coverage) == (3, 1, 3, 0.375)


def test_of_nothing_nothing_is_known():
    nothing = Summary("v1", 0, 0, 0, None, None, None, 0, 0, "r1")
    assert (nothing.coverage, nothing.share_below, nothing.share_theta) == (None, None, None)
    assert (nothing.above, nothing.beneath) == (0, 0)


def test_the_distribution_shows_shares_of_each_version_and_the_threshold():
    counts = {"v1": [1, *[0] * (BINS - 2), 3], "v2": [0, 2, *[0] * (BINS - 2)]}
    figure = go.Figure(charts.distribution(counts, 0.4))  # plotly refuses what it cannot draw
    first, second = figure.data
    assert (first.x[0], first.x[-1], len(first.x)) == (0, 1, BINS + 2)
    assert (first.y[:2], first.y[-2:], second.y[2]) == ((0.25, 0.25), (0.75, 0.75), 1.0)
    assert figure.layout.shapes[0].x0 == 0.4


def test_the_distribution_of_one_version_has_a_bar_for_each_bin():
    [bars] = go.Figure(charts.distribution({"v1": [1, *[0] * (BINS - 2), 3]}, 0.4)).data
    assert (bars.type, len(bars.x), bars.y[0], bars.y[-1]) == ("bar", BINS, 0.25, 0.75)


def test_versions_stand_below_each_other_at_each_name_in_the_given_order_and_long_ones_are_whole_when_pointed_at():
    long = "qwen2.5-1.5b-instruct+lora-run7"
    lines = {"v1": [("returns", 0.4, 0.1, 9, "a"), ("thanks", 0.8, None, 1, "b")], long: [("thanks", 0.6, 0.1, 5, "c")]}
    figure = go.Figure(charts.by_name(lines, ["thanks", "returns"]))
    assert figure.layout.scattermode == "group"
    assert figure.layout.yaxis.categoryarray == ("thanks", "returns")
    assert figure.layout.yaxis.autorange == "reversed"
    assert [trace.name for trace in figure.data] == ["v1", "qwen2.5-1.5b-instru…"]
    assert list(figure.data[1].customdata[0]) == [5, "thanks", long]
    assert figure.data[1].error_x.color == figure.data[1].marker.color != figure.data[0].marker.color


def test_a_correlation_a_little_below_0_is_written_as_0_and_a_negative_one_with_a_minus():
    [cells] = charts.heat_map(["a", "b", "c"], [[-0.001, -0.16, None]], [["", "", ""]])["data"]
    assert cells["text"] == [["0.00", "−0.16", "–"]]


def test_a_version_without_scores_is_not_drawn():
    known = Summary("v1", 2, 2, 2, 0.5, 0.4, 0.6, 0, 0)
    unknown = Summary("v2", 2, 0, 0, None, None, None, 0, 0)
    assert list(go.Figure(charts.means([known, unknown])).data[0].y) == ["v1"]


def test_a_difference_has_its_interval_around_it():
    pair = Paired(2, 1, 30, 0.5, 0.4, 0.1, 0.04, 0.16, 0.6, 0.3)
    pairs = [NamedPair("lora", "base", pair), NamedPair("new", "base", Paired(3, 1, 0))]
    [points] = go.Figure(charts.differences(pairs)).data
    assert (list(points.x), list(points.y)) == ([0.1], ["lora"])
    assert list(points.error_x.array) == pytest.approx([0.06])


def test_a_curve_has_a_gap_where_nothing_is_known():
    values = np.full(len(STEPS), 0.5)
    values[3] = np.nan
    figure = go.Figure(charts.curves({"v1": values}, 0.2, "α"))
    assert (figure.data[0].y[2], figure.data[0].y[3], figure.layout.shapes[0].x0) == (0.5, None, 0.2)
