import math

import pytest

from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from training.evaluation.statistics import Outcomes, mcnemar_exact, outcomes


def test_the_interval_of_scores_can_be_cut_to_the_unit():
    interval = clustered_mean([0, 1]).in_unit()
    assert (interval.low, interval.mean, interval.high) == (0, 0.5, 1)
    assert clustered_mean([0.5]).in_unit().low is None


def test_an_interval_lies_above_or_below_a_bound_as_a_whole():
    interval = Interval(0.5, 0.4, 0.6, 9)
    assert (interval.lies_above(0.39), interval.lies_above(0.4), interval.lies_above(0.5)) == (True, False, False)
    assert (interval.lies_below(0.61), interval.lies_below(0.6), interval.lies_below(0.5)) == (True, False, False)
    unknown = clustered_mean([0.5])
    assert not unknown.lies_above(0) and not unknown.lies_below(1)


@pytest.mark.parametrize(
    ("values", "text"), [([0, 1], "0.500 (0.000 to 1.000)"), ([0.5], "0.500"), ([math.nan], "unknown")]
)
def test_an_interval_is_written_with_its_ends_where_they_are_known(values, text):
    assert str(clustered_mean(values).in_unit()) == text


@pytest.mark.parametrize(
    ("level", "text"),
    [(0.95, "95"), (0.9991, "99.91"), (0.99, "99"), (1 - 2 * 4.9e-5, "99.9902"), (1 - 6e-6, "99.9994")],
)
def test_a_level_is_written_so_that_it_is_told_from_100(level, text):
    assert Interval(0, -1, 1, 9, level).percent == text


def test_outcomes_are_counted():
    assert outcomes([0.2, 0.1, 0, 1e-12, -0.3, math.nan]) == Outcomes(wins=2, ties=2, losses=1)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 0, 1.0),
        (0, 5, 2 / 32),  # five heads in a row, on either side
        (5, 0, 2 / 32),
        (5, 1, 2 * (1 + 6) / 64),
        (10, 3, 2 * (1 + 13 + 78 + 286) / 8192),
        (7, 7, 1.0),
    ],
)
def test_mcnemar_by_hand(before, after, expected):
    assert mcnemar_exact(before, after) == pytest.approx(expected, rel=1e-12)
