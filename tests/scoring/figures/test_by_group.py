import numpy as np
import pytest

from scoring.figures.by_group import grouped
from scoring.figures.intervals import begins_of, half_interval


@pytest.mark.parametrize("seed", range(3))
def test_each_group_has_the_mean_and_interval_that_it_would_have_alone(seed):
    random = np.random.default_rng(seed)
    values = np.where(random.random(300) < 0.1, np.nan, random.random(300))
    clusters, groups = random.integers(0, 40, 300), random.integers(0, 5, 300)
    found = grouped(values, clusters, groups, 6)
    for group in range(5):
        rows = np.flatnonzero((groups == group) & ~np.isnan(values))
        rows = rows[np.argsort(clusters[rows], kind="stable")]
        begins = begins_of(clusters[rows])
        mean = values[rows].mean()
        assert (found.n[group], found.mean[group]) == (len(rows), pytest.approx(mean))
        assert found.half[group] == pytest.approx(half_interval(values[rows] - mean, begins, len(rows), len(begins)))
    assert found.n[5] == 0
    assert np.isnan(found.mean[5])
    assert np.isnan(found.half[5])


def test_a_single_cluster_has_no_interval():
    found = grouped(np.array([0.1, 0.2]), np.array([7, 7]), np.array([0, 0]), 1)
    assert np.isnan(found.half[0])


def test_without_rows_nothing_is_known():
    assert grouped(np.array([]), np.array([]), np.array([], dtype=int), 2).n.tolist() == [0, 0]
