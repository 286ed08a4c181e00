import numpy as np
import pytest

from scoring.fusion import final_score

UNKNOWN = float("nan")


def test_it_gives_the_example_of_table_vi():
    assert final_score(1, 0.22, 0.22) == pytest.approx(0.844)


@pytest.mark.parametrize(
    ("similarity", "match_end", "match_cloud", "final"),
    [
        (0.5, 0.9, 0.6, 0.58),
        (0.5, 0.9, 0.2, 0.58),  # Θ itself is not below Θ
        (0.5, 0.9, 0.19, 0.5),
        (0.5, UNKNOWN, 0.19, 0.5),
        (0.0, 0.0, 0.9, 0.0),
        (0.0, 0.0, 0.1, 0.0),
        (1.0, 1.0, 1.0, 1.0),
        (UNKNOWN, 0.9, 0.6, UNKNOWN),
        (UNKNOWN, 0.9, 0.1, UNKNOWN),
        (0.5, 0.9, UNKNOWN, UNKNOWN),
        (0.5, UNKNOWN, UNKNOWN, UNKNOWN),
        (0.5, UNKNOWN, 0.6, UNKNOWN),
        (0.5, None, 0.1, 0.5),
        (None, 0.9, 0.6, UNKNOWN),
    ],
)
def test_it_follows_the_truth_table(similarity, match_end, match_cloud, final):
    assert final_score(similarity, match_end, match_cloud) == pytest.approx(final, nan_ok=True)


def test_arrays_are_scored_element_by_element():
    scores = final_score(np.array([1, 0.5]), np.array([0.22, 0.9]), np.array([0.22, 0.1]))
    assert scores == pytest.approx([0.844, 0.5])


@pytest.mark.parametrize(("alpha", "final"), [(0, 0.9), (1, 0.5), (0.5, 0.7)])
def test_alpha_weighs_similarity(alpha, final):
    assert final_score(0.5, 0.9, 0.6, alpha=alpha) == pytest.approx(final)


@pytest.mark.parametrize("weights", [{"alpha": -0.1}, {"alpha": 1.1}, {"theta": 2}, {"theta": UNKNOWN}])
def test_weights_outside_the_unit_interval_are_refused(weights):
    with pytest.raises(ValueError, match=next(iter(weights))):
        final_score(0.5, 0.5, 0.5, **weights)
