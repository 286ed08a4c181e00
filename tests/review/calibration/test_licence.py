import numpy as np
import pytest
from scipy import stats

from review.calibration.estimating.figures import Opinions
from review.calibration.estimating.licence import Outcome, licence_of

LIGHT = {"least_annotators": 1}


def opinions_of(table):
    """From one row an item and one column a person, NaN where they did not rate it."""
    table = np.asarray(table, dtype=float)
    item, person = np.nonzero(~np.isnan(table))
    return Opinions(item, person, table[item, person])


def simulated(seed, n=100, people=4, error=0.2, of_scorer=0.2):
    """A true label of each item; people and the scorer each get it wrong that often."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.5
    table = (truth[:, None] ^ (rng.random((n, people)) < error)).astype(float)
    return table, (truth ^ (rng.random(n) < of_scorer)).astype(float)


def by_the_paper(answers, table, epsilon):
    """The procedure as the paper states it, one annotator and one item at a time."""
    ps, advantages = [], []
    for j in range(table.shape[1]):
        scorer, human = [], []
        for i in np.flatnonzero(~np.isnan(table[:, j])):
            rest = np.delete(table[i], j)
            rest = rest[~np.isnan(rest)]
            if not len(rest):
                continue
            s, h = (np.mean(rest == value) for value in (answers[i], table[i, j]))
            scorer.append(s >= h)
            human.append(h >= s)
        if len(scorer) < 30:
            continue
        differences = np.array(human, float) - np.array(scorer, float)
        ps.append(stats.ttest_1samp(differences, epsilon, alternative="less").pvalue)
        advantages.append(np.mean(scorer))
    won = stats.false_discovery_control(ps, method="by") <= 0.05
    return won.mean(), np.mean(advantages), ps


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_procedure_of_the_paper(seed):
    table, answers = simulated(seed, of_scorer=0.1 * seed / 2)
    table[np.random.default_rng(seed).random(table.shape) < 0.2] = np.nan
    found = licence_of(answers, opinions_of(table), epsilon=0.15)
    rate, advantage, ps = by_the_paper(answers, table, 0.15)
    assert (found.winning_rate, found.advantage) == (pytest.approx(rate), pytest.approx(advantage))
    assert [test.p for test in found.against] == pytest.approx(ps)
    assert found.outcome == (Outcome.PASSED if rate >= 0.5 else Outcome.FAILED)


def test_by_hand():
    """Three people, 40 items. All agree on the first 30, and so does the scorer but for six; on the last ten the third
    is alone and the scorer with the others. Against the first: a tie on 24, lost on 6, and on the last ten, where the
    others are split, both agree with one of two.
    """
    table, answers = np.ones((40, 3)), np.ones(40)
    answers[:6] = 0
    table[30:, 2] = 0
    first, _, third = licence_of(answers, opinions_of(table), epsilon=0.2).against
    assert (first.items, first.scorer, first.annotator) == (40, 34 / 40, 1.0)
    assert (third.scorer, third.annotator) == (34 / 40, 30 / 40)
    differences = np.array([1] * 6 + [0] * 34)
    assert first.p == pytest.approx(stats.ttest_1samp(differences, 0.2, alternative="less").pvalue)
    assert third.p < first.p


def test_the_majority_is_as_good_as_anybody():
    """Theorem of the paper: who says what most say has the advantage probability 1."""
    table, _ = simulated(1, people=3, error=0.3)
    found = licence_of((table.mean(axis=1) > 0.5) * 1.0, opinions_of(table))
    assert (found.advantage, found.winning_rate, found.outcome) == (1, 1, Outcome.PASSED)


def test_an_equal_passes_for_what_it_saves_and_a_poor_one_does_not():
    """ε is what an annotator's cost allows; without it an equal would have to be better than people."""
    passed = {
        (of_scorer, epsilon): np.mean(
            [
                licence_of(answers, opinions_of(table), epsilon=epsilon).outcome == Outcome.PASSED
                for table, answers in (simulated(seed, 150, of_scorer=of_scorer) for seed in range(30))
            ]
        )
        for of_scorer, epsilon in ((0.2, 0.2), (0.2, 0.0), (0.5, 0.2))
    }
    assert passed[0.2, 0.2] > 0.8
    assert passed[0.2, 0.0] < 0.2
    assert passed[0.5, 0.2] == 0


def test_the_items_of_a_dialogue_count_together():
    """Each item ten times over, in dialogues of ten, is as sure as once."""
    table, answers = simulated(3, n=40)
    once = licence_of(answers, opinions_of(table), np.arange(40))
    repeated = licence_of(
        np.repeat(answers, 10), opinions_of(np.repeat(table, 10, axis=0)), np.repeat(np.arange(40), 10)
    )
    assert [test.p for test in repeated.against] == pytest.approx([test.p for test in once.against])
    alone = licence_of(np.repeat(answers, 10), opinions_of(np.repeat(table, 10, axis=0)))
    assert max(test.p for test in alone.against) < max(test.p for test in once.against)


def test_too_few_items_or_people_decide_nothing():
    table, answers = simulated(4, n=29)
    assert licence_of(answers, opinions_of(table)).outcome == Outcome.TOO_FEW
    table, answers = simulated(4, n=100, people=2, of_scorer=0.0)
    pair = licence_of(answers, opinions_of(table))
    assert (pair.outcome, len(pair.against)) == (Outcome.TOO_FEW, 2)
    assert licence_of(answers, opinions_of(table), **LIGHT).outcome == Outcome.PASSED
    alone = licence_of(answers, opinions_of(table[:, :1]))
    assert (alone.outcome, alone.winning_rate, alone.advantage) == (Outcome.TOO_FEW, None, None)


def test_items_without_a_score_are_left_out():
    table, answers = simulated(5)
    answers[:60] = np.nan
    assert {test.items for test in licence_of(answers, opinions_of(table)).against} == {40}


def test_who_never_differs_from_the_scorer_is_beaten_for_sure():
    table = np.ones((40, 3))
    found = licence_of(np.ones(40), opinions_of(table))
    assert [test.p for test in found.against] == [0, 0, 0]
    assert licence_of(np.zeros(40), opinions_of(table)).outcome == Outcome.FAILED
