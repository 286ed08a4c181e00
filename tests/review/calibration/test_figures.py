import numpy as np
import pytest
from scipy import stats

from review.calibration.estimating.figures import Opinions, agreement_of, ceiling_of, pairs_within, pairwise_of
from review.calibration.measures.auc import auc
from review.calibration.measures.spearman import spearman


def rated(seed=0, n=200, noise=1.0, people=3):
    """Scores of n items, and what each person said of each: quality with noise, on a scale of their own."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    scores = stats.norm.cdf(quality + noise * rng.normal(size=n))
    values = quality[:, None] + noise * rng.normal(size=(n, people))
    item, person = np.indices(values.shape)
    return scores, Opinions(item.ravel(), person.ravel(), values.ravel()), np.arange(n) // 2


def test_unknown_scores_and_opinions_are_left_out_and_counted():
    scores, opinions, groups = rated()
    graded = opinions.mean(200)
    scores[:20], graded[10:40] = np.nan, np.nan
    found = agreement_of(scores, graded, (graded > 0).astype(float), groups)
    assert (found.n, found.coverage) == (160, 0.8)
    assert found.spearman.value == pytest.approx(stats.spearmanr(scores[40:], graded[40:]).statistic)
    assert found.kendall.value == pytest.approx(stats.kendalltau(scores[40:], graded[40:]).statistic)
    assert found.auc.low < found.auc.value < found.auc.high
    assert found.pairwise.value is None


def test_replies_to_one_question_make_pairs():
    first, second = pairs_within(np.array([7, 5, 7, 6, 7, 5]))
    assert sorted(map(tuple, np.sort(np.column_stack([first, second]), axis=1).tolist())) == [
        (0, 2),
        (0, 4),
        (1, 5),
        (2, 4),
    ]
    scores, graded = np.array([0.9, 0.1, 0.5, 0.6, 0.2, 0.3]), np.array([1.0, 0.0, 1.0, 0.5, 0.5, 0.5])
    found = agreement_of(scores, graded, graded, np.arange(6) // 2, questions=np.arange(6) // 2)
    assert (found.pairwise.value, found.pairwise.n) == (0.5, 2)  # right, wrong, and a tie of people


def test_unknown_margins_and_ties_of_people_are_no_pairs():
    margins, preferred = np.array([0.1, np.nan, 0.2, -0.3]), np.array([1.0, 1.0, 0.0, 1.0])
    found = pairwise_of(margins, preferred, np.arange(4))
    assert (found.value, found.n) == (0.5, 2)


def test_weights_undo_how_items_were_chosen():
    """Half of the good ones were left out; each that is left counts twice."""
    scores, opinions, groups = rated(n=2000)
    graded = opinions.mean(2000)
    good = scores > 0.7
    left = ~good | (np.random.default_rng(1).random(2000) < 0.5)
    weights = np.where(good, 2.0, 1.0)
    parts = [part[left] for part in (scores, graded, graded, groups)]
    plain, weighed = agreement_of(*parts), agreement_of(*parts, weights=weights[left])
    truth = stats.spearmanr(scores, graded).statistic
    assert abs(weighed.spearman.value - truth) < abs(plain.spearman.value - truth)


# --- the ceiling


def test_the_ceiling_by_hand_leaves_one_person_out():
    scores, opinions, groups = rated(n=40, people=3)
    values = opinions.value.reshape(40, 3)
    expected = [stats.spearmanr(values[:, p], np.delete(values, p, axis=1).mean(axis=1)).statistic for p in range(3)]
    of_score = [stats.spearmanr(scores, np.delete(values, p, axis=1).mean(axis=1)).statistic for p in range(3)]
    found = ceiling_of(spearman, scores, opinions, groups)
    assert found.persons == 3
    assert found.people.value == pytest.approx(np.mean(expected))
    assert found.score.value == pytest.approx(np.mean(of_score))
    assert (found.people.n, found.score.n) == (120, 120)


def test_a_score_as_good_as_a_person_reaches_the_ceiling():
    found = ceiling_of(spearman, *rated(n=3000))
    assert found.score.value == pytest.approx(found.people.value, abs=0.03)
    assert found.score.low < found.people.value < found.score.high


def test_items_with_one_opinion_and_people_with_few_say_nothing_of_it():
    scores, opinions, groups = rated(n=60, people=2)
    chosen = (opinions.person == 0) | (opinions.item < 20)
    rare = np.where((opinions.item < 5) & (opinions.person == 1), 9, opinions.person)  # somebody else
    found = ceiling_of(auc, scores, Opinions(opinions.item, rare, (opinions.value > 0) * 1.0).where(chosen), groups)
    assert found.persons == 2
    assert found.people.n == 20 + 15
    alone = ceiling_of(auc, scores, opinions.where(opinions.person == 0), groups)
    assert (alone.persons, alone.people.value) == (0, None)


def test_the_mean_opinion_of_an_item_without_one_is_unknown():
    mean = Opinions(np.array([0, 0, 2]), np.arange(3), np.array([1.0, 0.0, 1.0])).mean(3)
    assert mean[[0, 2]].tolist() == [0.5, 1.0] and np.isnan(mean[1])
