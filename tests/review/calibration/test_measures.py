"""The measures against scipy and scikit-learn, and by hand; resamples against items that are repeated."""

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from review.agreement.measures.bootstrap import resampled
from review.calibration.measures.auc import auc
from review.calibration.measures.kendall import kendall
from review.calibration.measures.pairwise import pairwise
from review.calibration.measures.reliability import calibration_error, reliability
from review.calibration.measures.spearman import spearman

REFERENCE = {spearman: stats.spearmanr, kendall: stats.kendalltau}


def items(seed, n=300, levels=5, distinct=40):
    """Scores with ties, and opinions of few levels that follow them."""
    rng = np.random.default_rng(seed)
    felt = rng.normal(size=n)
    scores = np.round(distinct * stats.norm.cdf(felt + rng.normal(size=n))) / distinct
    return scores, np.floor(levels * stats.norm.cdf(felt)).astype(float)


def alone(measure, scores, said):
    return float(measure(scores, said, np.ones((1, len(scores))))[0])


@pytest.mark.parametrize("measure", REFERENCE)
@pytest.mark.parametrize(("levels", "distinct"), [(2, 7), (5, 40), (300, 1000)])
def test_correlations_are_those_of_scipy(measure, levels, distinct):
    scores, said = items(levels, levels=levels, distinct=distinct)
    assert alone(measure, scores, said) == pytest.approx(REFERENCE[measure](scores, said).statistic, abs=1e-12)
    assert alone(measure, said, -scores) == pytest.approx(-REFERENCE[measure](scores, said).statistic, abs=1e-12)


@pytest.mark.parametrize("measure", REFERENCE)
def test_a_weight_repeats_an_item(measure):
    scores, said = items(1)
    counts = np.random.default_rng(2).integers(0, 4, size=(3, len(scores)))
    repeated = [REFERENCE[measure](np.repeat(scores, row), np.repeat(said, row)).statistic for row in counts]
    assert measure(scores, said, counts.astype(float)) == pytest.approx(repeated, abs=1e-12)


def test_auc_is_that_of_scikit_learn():
    scores, said = items(3)
    accepted = (said > 1).astype(float)
    weights = np.random.default_rng(4).random(len(scores))
    assert alone(auc, scores, accepted) == pytest.approx(roc_auc_score(accepted, scores))
    expected = roc_auc_score(accepted, scores, sample_weight=weights)
    assert float(auc(scores, accepted, weights[None])[0]) == pytest.approx(expected)


def test_where_people_differ_an_item_is_partly_accepted():
    """Three people each: as if each opinion were an item of a third of the weight."""
    scores, said = items(5, levels=4)
    shares = said / 3
    twice = np.concatenate([scores, scores])
    labels = np.repeat([1.0, 0.0], len(scores))
    expected = roc_auc_score(labels, twice, sample_weight=np.concatenate([shares, 1 - shares]))
    assert alone(auc, scores, shares) == pytest.approx(expected)


@pytest.mark.parametrize("measure", [*REFERENCE, auc])
def test_without_a_difference_nothing_can_be_said(measure):
    scores = np.array([0.1, 0.2, 0.3])
    assert np.isnan(alone(measure, scores, np.ones(3)))
    weights = np.full((1, 3), 0.1)  # whose sums are no whole numbers
    if measure is not auc:
        assert np.isnan(measure(np.full(3, 0.3), scores, weights)[0])


def test_pairs_by_hand():
    margins = np.array([0.2, -0.1, 0.0, 0.3, -0.5])
    preferred = np.array([1.0, 0.5, -1.0, 0.0, -2.0])
    assert alone(pairwise, margins, preferred) == (1 + 0 + 0.5 + 1) / 4  # the fourth was a tie
    assert np.isnan(alone(pairwise, margins, np.zeros(5)))


# --- intervals


def test_an_interval_draws_whole_dialogues():
    """In dialogues of equal items the interval is that of one item each."""
    scores, said = items(6, n=60)
    groups = np.arange(60)
    one = resampled(lambda weights: spearman(scores, said, weights), groups)
    many = [np.repeat(part, 5) for part in (scores, said, groups)]
    five = resampled(lambda weights: spearman(many[0], many[1], weights), many[2])
    assert (five.low, five.value, five.high) == (
        pytest.approx(one.low),
        pytest.approx(one.value),
        pytest.approx(one.high),
    )
    assert (one.n, five.n) == (60, 300)


def test_an_interval_covers_the_truth_and_needs_ten_dialogues():
    truth = 0.5
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = rng.normal(size=120)
        said = rng.normal(size=120)
        found = resampled(lambda w, x=scores, y=said: auc(x, (y > 0).astype(float), w), np.repeat(np.arange(40), 3))
        held += found.low <= truth <= found.high
    assert held >= 51
    few = resampled(lambda w: auc(scores, (said > 0).astype(float), w), np.repeat(np.arange(8), 15))
    assert (few.low, few.high) == (None, None) and few.value is not None


def test_nothing_has_no_interval():
    assert resampled(lambda weights: weights.sum(axis=1), np.empty(0, int)).value is None


# --- reliability


def test_the_curve_is_that_of_scikit_learn():
    rng = np.random.default_rng(7)
    scores = rng.random(500)
    accepted = (rng.random(500) < scores**2).astype(float)
    shares, means = calibration_curve(accepted, scores, n_bins=10, strategy="quantile")
    curve = reliability(scores, accepted)
    assert [part.score for part in curve] == pytest.approx(list(means))
    assert [part.accepted.value for part in curve] == pytest.approx(list(shares))
    assert calibration_error(curve) == pytest.approx(np.abs(shares - means).mean(), abs=1e-3)
    assert all(part.accepted.low < part.accepted.high for part in curve)


def test_equal_scores_stay_in_one_bin_and_bins_are_not_tiny():
    curve = reliability(np.array([0.5] * 50 + [0.9] * 50), np.ones(100))
    assert [(part.low, part.high, part.accepted.n) for part in curve] == [(0.5, 0.5, 50), (0.9, 0.9, 50)]
    assert calibration_error(curve) == pytest.approx(0.3)
    assert len(reliability(np.linspace(0, 1, 25), np.ones(25))) == 2
    assert reliability(np.empty(0), np.empty(0)) == [] and calibration_error([]) is None
