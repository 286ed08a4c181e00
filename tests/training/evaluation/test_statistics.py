import math

import numpy as np
import pytest
from scipy import stats

from training.evaluation.statistics import Interval, Outcomes, mcnemar_exact, mean_interval, outcomes, paired_bootstrap


def test_a_mean_has_the_interval_of_student():
    interval = mean_interval([0.1, 0.2, 0.6, 0.7])
    low, high = stats.t.interval(0.95, 3, loc=0.4, scale=stats.sem([0.1, 0.2, 0.6, 0.7]))
    assert (interval.mean, interval.n) == (pytest.approx(0.4), 4)
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_an_interval_worked_by_hand():
    # 0 and 1: mean .5, standard error .5, t(1, .975) = 12.706
    interval = mean_interval([0, 1])
    assert interval.high - interval.mean == pytest.approx(12.7062 * 0.5, rel=1e-4)


def test_the_interval_of_scores_can_be_cut_to_the_unit():
    interval = mean_interval([0, 1]).in_unit()
    assert (interval.low, interval.mean, interval.high) == (0, 0.5, 1)
    assert mean_interval([0.5]).in_unit().low is None


def test_an_interval_lies_above_or_below_a_bound_as_a_whole():
    interval = Interval(0.5, 0.4, 0.6, 9)
    assert (interval.lies_above(0.39), interval.lies_above(0.4), interval.lies_above(0.5)) == (True, False, False)
    assert (interval.lies_below(0.61), interval.lies_below(0.6), interval.lies_below(0.5)) == (True, False, False)
    unknown = mean_interval([0.5])
    assert not unknown.lies_above(0) and not unknown.lies_below(1)


@pytest.mark.parametrize(
    ("values", "text"), [([0, 1], "0.500 (0.000 to 1.000)"), ([0.5], "0.500"), ([math.nan], "unknown")]
)
def test_an_interval_is_written_with_its_ends_where_they_are_known(values, text):
    assert str(mean_interval(values).in_unit()) == text


def test_unknown_values_enter_no_mean():
    assert mean_interval([0.5, math.nan]).n == 1
    assert mean_interval([0.5, math.nan]).low is None
    assert mean_interval([math.nan]).mean is None


def test_the_bootstrap_agrees_with_scipy():
    differences = np.random.default_rng(3).normal(0.05, 0.2, 200)
    ours = paired_bootstrap(differences)
    theirs = stats.bootstrap(
        (differences,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert ours.mean == pytest.approx(differences.mean())
    assert (ours.low, ours.high) == (pytest.approx(theirs.low, abs=0.002), pytest.approx(theirs.high, abs=0.002))


def test_the_same_numbers_give_the_same_interval():
    assert paired_bootstrap([0.1, -0.2, 0.4]) == paired_bootstrap([0.1, -0.2, 0.4])


def test_equal_differences_leave_no_doubt():
    interval = paired_bootstrap([0.25] * 30)
    assert (interval.low, interval.mean, interval.high) == (0.25, 0.25, 0.25)


def test_pairs_of_one_dialogue_are_drawn_together():
    # Ten dialogues of ten equal turns tell no more than ten turns.
    of_dialogues = np.random.default_rng(1).normal(0, 1, 10)
    turns, owners = np.repeat(of_dialogues, 10), np.repeat(np.arange(10), 10)
    grouped, alone = paired_bootstrap(turns, owners), paired_bootstrap(turns)
    ten = paired_bootstrap(of_dialogues)
    assert (grouped.low, grouped.high) == (pytest.approx(ten.low), pytest.approx(ten.high))
    assert alone.high - alone.low < (grouped.high - grouped.low) / 2


def test_unknown_pairs_are_left_out_of_the_bootstrap():
    assert paired_bootstrap([0.5, math.nan, 0.5]).n == 2
    assert paired_bootstrap([math.nan]).low is None
    assert paired_bootstrap([]).n == 0


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
