import math

import numpy as np
import pytest
from scipy import stats

from review.calibration.measures.clusters import Clusters, clustered_mean


def test_values_by_themselves_have_the_interval_of_student():
    values = np.random.default_rng(3).normal(0.05, 0.2, 40)
    interval = clustered_mean(values)
    low, high = stats.t.interval(0.95, 39, loc=values.mean(), scale=stats.sem(values))
    assert (interval.mean, interval.n) == (pytest.approx(values.mean()), 40)
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_clusters_of_one_size_have_the_interval_of_their_means():
    values = np.random.default_rng(4).normal(size=(12, 5))
    interval = clustered_mean(values.ravel(), np.repeat(np.arange(12), 5), level=0.9991)
    means = values.mean(axis=1)
    low, high = stats.t.interval(0.9991, 11, loc=means.mean(), scale=stats.sem(means))
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_clusters_of_unequal_size_by_the_matrices_of_bell_and_mccaffrey():
    """CR2 and its degrees of freedom as they are defined for a regression, here on a constant alone."""
    counts = np.array([1, 2, 7, 3, 1, 5])
    groups = np.repeat(np.arange(6), counts)
    values = np.random.default_rng(5).normal(size=19)
    x = np.ones((19, 1))
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(19) - x @ bread @ x.T
    columns = []
    for g in range(6):
        own = groups == g
        eigenvalues, vectors = np.linalg.eigh(rest[np.ix_(own, own)])
        adjusted = vectors @ np.diag(eigenvalues**-0.5) @ vectors.T
        columns.append(rest[:, own] @ adjusted @ x[own] @ bread)
    pulls = np.hstack(columns)  # (B, G)
    gram = pulls.T @ pulls
    found = Clusters.of(values, groups)
    assert found.mean == pytest.approx(values.mean())
    assert found.variance == pytest.approx(((pulls.T @ values) ** 2).sum())
    assert found.freedom == pytest.approx(np.trace(gram) ** 2 / (gram**2).sum())


def test_turns_of_a_dialogue_count_together():
    of_dialogues = np.random.default_rng(2).normal(size=10)
    turns, owners = np.repeat(of_dialogues, 8), np.repeat(np.arange(10), 8)
    grouped, alone, ten = clustered_mean(turns, owners), clustered_mean(turns), clustered_mean(of_dialogues)
    assert (grouped.low, grouped.high) == (pytest.approx(ten.low), pytest.approx(ten.high))
    assert alone.high - alone.low < (grouped.high - grouped.low) / 2


def test_equal_values_leave_no_doubt():
    interval = clustered_mean([0.25] * 30, list("abc") * 10)
    assert (interval.low, interval.mean, interval.high) == (pytest.approx(0.25),) * 3


def test_unknown_values_are_left_out():
    assert clustered_mean([0.5, math.nan, 0.5]).n == 2
    assert clustered_mean([math.nan, math.nan]).mean is None
    assert clustered_mean([]).n == 0


def test_one_dialogue_alone_has_no_interval():
    interval = clustered_mean([0.1, 0.2, math.nan], ["a", "a", "b"])
    assert (interval.mean, interval.low, interval.n) == (pytest.approx(0.15), None, 2)


def test_a_weight_repeats_a_value():
    rng = np.random.default_rng(6)
    values, groups = rng.normal(size=30), rng.integers(8, size=30)
    weights = rng.integers(1, 5, size=30)
    weighed, repeated = (
        Clusters.of(values, groups, weights),
        Clusters.of(*(np.repeat(x, weights) for x in (values, groups))),
    )
    assert (weighed.mean, weighed.variance) == (pytest.approx(repeated.mean), pytest.approx(repeated.variance))
    assert weighed.freedom == pytest.approx(repeated.freedom)
    assert (weighed.n, repeated.n) == (30, weights.sum())
