import pytest

from training.runs.charts import trend


@pytest.mark.parametrize(
    ("losses", "word"),
    [
        ([3 - 0.1 * i for i in range(20)], "falling"),
        ([1 + 0.1 * i for i in range(20)], "rising"),
        ([2.0] * 20, "level"),
        ([2.0 + 0.001 * (i % 2) for i in range(20)], "level"),
        ([2.0, 1.0], ""),
        ([], ""),
    ],
)
def test_a_curve_in_one_word(losses, word):
    assert trend(losses) == word
