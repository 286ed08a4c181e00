import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from review.calibration.estimating.eq1 import alpha_interval, candidate_thetas, fitted
from review.calibration.estimating.fit import fit
from review.calibration.estimating.judged import Judged
from review.calibration.measures.curves import fitted_curves, sigmoid
from scoring.fusion import final_score
from scoring.parameters import Parameters

PAPER = Parameters(0.8, 0.2, 0.5)


def judged(seed, dialogues=100, alpha=0.8, theta=0.2, steep=8.0, threshold=0.5):
    """Three replies a dialogue, accepted more often the higher their final score; dialogues differ in how strict."""
    rng = np.random.default_rng(seed)
    n, groups = 3 * dialogues, np.repeat(np.arange(dialogues), 3)
    quality = rng.normal(size=n)
    similarity, match_end = (sigmoid(k * quality + rng.normal(size=n)) for k in (1.0, 0.7))
    of_reference = 0.2 + 0.8 * sigmoid(1.2 + rng.normal(size=n))
    match_cloud = np.where(rng.random(n) < 0.15, 0.2 * rng.random(n), of_reference)
    final = final_score(similarity, match_end, match_cloud, alpha, theta)
    odds = steep * (final - threshold) + 0.5 * rng.normal(size=dialogues)[groups]
    return Judged(similarity, match_end, match_cloud, (rng.random(n) < sigmoid(odds)) * 1.0, groups)


@pytest.mark.parametrize("weights", [np.ones(300), np.random.default_rng(1).random(300)], ids=["even", "weighed"])
def test_curves_are_those_of_scikit_learn(weights):
    data = judged(1)
    scores = np.stack([data.similarity, data.match_end])
    found = fitted_curves(scores, data.accepted, weights)
    for row in range(2):
        model = LogisticRegression(C=1e6, tol=1e-8).fit(scores[[row]].T, data.accepted, weights)
        assert found.slope[row] == pytest.approx(model.coef_[0, 0], rel=1e-3)
        assert found.intercept[row] == pytest.approx(model.intercept_[0], rel=1e-3, abs=1e-3)


def test_a_score_that_falls_with_acceptance_or_parts_it_has_a_curve_too():
    accepted = np.repeat([0.0, 1.0], 50)
    found = fitted_curves(np.stack([1 - accepted, accepted, np.full(100, 0.3)]), accepted, np.ones(100))
    assert (found.slope[0], found.slope[2]) == (0, 0) and np.isfinite(found.slope[1])
    assert found.probability(np.full((3, 1), 0.3))[[0, 2], 0] == pytest.approx([0.5, 0.5])
    assert found.loss(np.stack([accepted] * 3), accepted)[1].max() < 0.05


@pytest.mark.parametrize("alpha", [0.3, 0.8])
def test_a_planted_setting_is_recovered(alpha):
    found = fit(judged(2, dialogues=1000, alpha=alpha, theta=0.2, threshold=0.6), PAPER)
    assert found.best.alpha == pytest.approx(alpha, abs=0.07)
    assert found.best.threshold == pytest.approx(0.6, abs=0.03)
    assert found.interval.low <= alpha <= found.interval.high
    assert found.interval.high - found.interval.low < 0.2
    for region, value in ((found.alpha_region, alpha), (found.threshold_region, 0.6)):
        assert region.low <= value <= region.high
    assert found.theta_region.low <= 0.2 <= found.theta_region.high
    assert found.lacking == {} and found.items == 3000


def test_the_interval_of_alpha_holds_it_about_as_often_as_it_says():
    """benchmarks/calibration_truth.py has more of them."""
    held = [alpha_interval(judged(seed, alpha=0.6), 0.2) for seed in range(60)]
    assert sum(region.low <= 0.6 <= region.high for region in held) >= 53
    assert max(region.high - region.low for region in held) < 0.7


def test_scores_that_say_nothing_leave_alpha_open():
    data = judged(3, steep=0.0)
    found = alpha_interval(data, 0.2)
    assert found.high - found.low > 0.5


def test_where_match_is_misleading_alpha_is_one():
    data = judged(4, dialogues=300, alpha=1.0)
    opposed = Judged(data.similarity, 1 - data.match_end, data.match_cloud, data.accepted, data.groups)
    assert fitted(opposed, np.array([0.2])).alpha == 1
    assert alpha_interval(opposed, 0.2).high == 1


def test_a_better_setting_agrees_better_with_dialogues_it_has_not_seen():
    data = judged(5, dialogues=300, alpha=0.1, threshold=0.6)
    found = fit(data, Parameters(1.0, 0.2, 0.3))
    assert found.gain.low > 0
    assert found.after.auc.value - found.before.auc.value == pytest.approx(found.gain.value)
    assert found.after.right.value > found.before.right.value + 0.05


def test_where_the_active_setting_is_right_nothing_is_gained():
    found = fit(judged(6, dialogues=300), PAPER)
    assert found.gain.low < 0.005 and abs(found.gain.value) < 0.02
    assert len(found.losses) == 101 and found.losses[80] < found.losses[0]


def test_too_few_verdicts_are_said_and_far_too_few_are_not_fitted():
    few = judged(7, dialogues=12)
    assert {"items": 14, "dialogues": 8}.items() <= fit(few, PAPER).lacking.items()
    assert fit(judged(7, dialogues=9), PAPER) is None
    alike = Judged(few.similarity, few.match_end, few.match_cloud, np.ones(36), few.groups)
    assert fit(alike, PAPER) is None


def test_unknown_components_are_left_out():
    data = judged(8)
    data.match_end[:30] = np.nan
    data.accepted[30:40] = np.nan
    assert fit(data, PAPER).items == 260


def test_weights_count_replies_more_than_once():
    data = judged(9, dialogues=60)
    columns = (data.similarity, data.match_end, data.match_cloud, data.accepted, data.groups)
    counts = np.random.default_rng(1).integers(1, 4, size=180)
    weighed, repeated = Judged(*columns, counts * 1.0), Judged(*(np.repeat(column, counts) for column in columns))
    found, expected = (fitted(of, np.array([0.2])) for of in (weighed, repeated))
    assert (found.alpha, found.threshold) == (expected.alpha, pytest.approx(expected.threshold))
    assert alpha_interval(weighed, 0.2) == alpha_interval(repeated, 0.2)


def test_the_thetas_that_are_tried():
    match = np.linspace(0, 1, 1001)
    found = candidate_thetas(match, 0.37)
    assert found[0] == 0 and 0.37 in found and found.max() <= 0.5
    assert len(candidate_thetas(np.full(10, 0.4), 0.4)) == 2
