import pytest
from django.utils import translation

from training.runs.charts import losses, trend

POINTS = [{"step": step, "loss": 2.0 - step / 10, "dev_loss": 1.5 if step == 2 else None} for step in (1, 2)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["training loss", "dev loss", "step", "loss"]), ("zh-hans", ["训练损失", "开发集损失", "步数", "损失"])],
)
def test_the_loss_curve_speaks_the_language_of_the_reader(language, words):
    with translation.override(language):
        figure = losses(POINTS)
    axes = [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text]
    assert [line.name for line in figure.data] + axes == words
    assert [list(line.x) for line in figure.data] == [[1, 2], [2]]


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
