import numpy as np
import pytest
from scipy import stats

from training.evaluation.clusters import Clusters, clustered_mean
from training.evaluation.prediction_powered import Sample, corrected_mean

SAID = np.array([1, 0, 0, 1, 1, 0, 1, 0], dtype=float)
SCORED = np.array([0.9, 0.2, 0.4, 0.7, 0.6, 0.1, 0.8, 0.3])
ELSEWHERE = np.array([0.5, 0.7, 0.6, 0.9, 0.4, 0.8])


def single(values):
    return Sample(values, np.arange(len(values)))


def test_worked_with_the_formulas_of_the_paper():
    """Turns that are dialogues of their own: λ = Cov(Y, f) / ((1 + n/N) Var f), for equal variances of both parts."""
    scores, others = single(SCORED), single(np.concatenate([SCORED, SCORED]))
    interval = corrected_mean(SAID, scores, others)
    n, both = len(SAID), len(others.values)
    variance, elsewhere = SCORED.var(ddof=1), others.values.var(ddof=1)
    tuned = np.cov(SAID, SCORED)[0, 1] / n / (variance / n + elsewhere / both)
    assert interval.mean == pytest.approx(SAID.mean() - tuned * (SCORED.mean() - others.values.mean()))
    own = (SAID - tuned * SCORED).var(ddof=1) / n * (n - 1) / (n - 2)
    borrowed = tuned**2 * elsewhere / both
    freedom = (own + borrowed) ** 2 / (own**2 / (n - 2) + borrowed**2 / (both - 1))
    half = stats.t.ppf(0.975, freedom) * np.sqrt(own + borrowed)
    assert (interval.low, interval.high) == (
        pytest.approx(interval.mean - half),
        pytest.approx(interval.mean + half),
    )


def test_it_agrees_with_the_package_of_the_authors():
    """What ppi_mean_ci of ppi-python 0.2.3 gives; it takes the normal distribution, so that ours is a little wider."""
    i = np.arange(300)
    scores = np.sin(1.7 * i)
    said = 0.6 * scores + 0.5 * np.cos(0.37 * i * i)
    interval = corrected_mean(said[:100], Sample(scores[:100], i[:100]), Sample(scores[100:], i[100:]))
    assert interval.mean == pytest.approx(0.02886184, abs=0.0005)
    assert (interval.low, interval.high) == (pytest.approx(-0.0577721, abs=0.002), pytest.approx(0.1154958, abs=0.002))
    assert interval.high - interval.low > 0.1154958 + 0.0577721


def test_the_tuning_makes_the_variance_smallest():
    groups, elsewhere = np.repeat(np.arange(4), 2), np.repeat(np.arange(3), 2)
    scores, others = Sample(SCORED, groups), Sample(ELSEWHERE, elsewhere)
    people, machine, rest = Clusters.of(SAID, groups), Clusters.of(SCORED, groups), Clusters.of(ELSEWHERE, elsewhere)

    def variance(tuned):
        return Clusters.of(SAID - tuned * SCORED, groups).variance + tuned**2 * rest.variance

    tuned = (people.mean - corrected_mean(SAID, scores, others).mean) / (machine.mean - rest.mean)
    assert variance(tuned) < min(variance(tuned - 0.01), variance(tuned + 0.01))


def test_scores_that_say_nothing_change_nothing():
    constant = Sample(np.full(8, 0.5), np.arange(8))
    interval = corrected_mean(SAID, constant, single(np.full(6, 0.5)))
    assert interval.mean == pytest.approx(SAID.mean())


def test_without_other_turns_it_is_the_mean_of_what_people_said():
    assert corrected_mean(SAID, single(SCORED), level=0.99) == clustered_mean(SAID, level=0.99)


def test_scores_that_follow_people_make_it_more_certain():
    rng = np.random.default_rng(8)
    felt = rng.normal(size=400)
    said, scored = np.sign(felt), felt + 0.3 * rng.normal(size=400)
    scores, others = Sample(scored[:60], np.arange(60)), Sample(scored[60:], np.arange(340))
    corrected, alone = corrected_mean(said[:60], scores, others), corrected_mean(said[:60], scores)
    assert corrected.high - corrected.low < 0.8 * (alone.high - alone.low)
    assert abs(corrected.mean - said.mean()) < abs(alone.mean - said.mean())
