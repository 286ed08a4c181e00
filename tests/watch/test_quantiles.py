"""Whether a quantile has moved: the interval holds what is true, and allows for dialogues."""

import numpy as np
import pytest

from ecc_site.watch.measures.quantiles import Sample, moved, quantile

LEVEL = 0.99


def sample(rng, count: int, shift: float = 0.0, size: int = 4) -> Sample:
    """Scores of dialogues of `size` turns that are alike; and the dialogues."""
    groups = np.repeat(np.arange(count // size), size)
    values = 0.5 + shift + 0.15 * rng.normal(size=count // size)[groups] + 0.1 * rng.normal(size=len(groups))
    return Sample(values, groups)


def test_without_clusters_it_is_woodruffs_interval_of_the_order_statistics():
    values = np.arange(1, 101) / 100
    found = quantile(Sample(values, np.arange(100)), 0.5, 0.95)
    assert (round(found.value, 3), round(found.low, 2), round(found.high, 2)) == (0.505, 0.41, 0.6)


def test_the_same_values_in_clusters_tell_less():
    values = np.repeat(np.linspace(0, 1, 50), 4)
    alone = quantile(Sample(values, np.arange(200)), 0.5, LEVEL)
    together = quantile(Sample(values, np.repeat(np.arange(50), 4)), 0.5, LEVEL)
    assert together.high - together.low == pytest.approx(2 * (alone.high - alone.low), rel=0.15)


def test_scores_that_are_all_equal_have_not_moved():
    same = Sample(np.full(60, 0.5), np.arange(60))
    found = moved(same, same, 0.5, LEVEL)
    assert (found.value, found.low, found.high) == (0, 0, 0)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_interval_holds_no_change_as_often_as_it_says(share):
    rng, outside, trials = np.random.default_rng(1), 0, 400
    for _ in range(trials):
        found = moved(sample(rng, 500), sample(rng, 2_000), share, LEVEL)
        outside += not found.low <= 0 <= found.high
    assert outside / trials <= 0.025


def test_a_true_change_is_found_and_its_size_is_held():
    rng = np.random.default_rng(2)
    found = [moved(sample(rng, 500, -0.1), sample(rng, 2_000), 0.5, LEVEL) for _ in range(100)]
    assert sum(row.high < 0 for row in found) >= 97
    assert sum(row.low <= -0.1 <= row.high for row in found) >= 95
