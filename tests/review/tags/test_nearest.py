"""The nearest tag and the threshold, against numbers worked by hand."""

import numpy as np
import pytest

from review.tags.nearest import Examples, threshold_of

EXAMPLES = Examples(
    np.array([3, 3, 3, 3, 8]),
    np.array(["a", "b", "c", "d", "e"], dtype=object),
    np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0], [0.8, 0.6]]),
)


def test_the_mean_of_the_three_nearest_decides():
    tags, similarities = EXAMPLES.nearest(np.array([[1.0, 0.0], [0.0, 1.0]]))
    # to 8, its only example: .8 and .6; to 3: (1 + .6 + 0) / 3 and (0 + .8 + 1) / 3, and of equals the first is taken
    assert (list(tags), list(similarities)) == ([8, 3], pytest.approx([0.8, 0.6]))
    assert EXAMPLES.nearest(np.array([[-0.6, 0.8]]))[0] == [3]


def test_an_example_of_the_same_words_can_be_left_out():
    texts = np.array(["e"], dtype=object)
    tags, similarities = EXAMPLES.nearest(np.array([[0.8, 0.6]]), texts)
    assert (tags[0], similarities[0]) == (3, pytest.approx((0.8 + 0.96 + 0.6) / 3))


def test_a_text_without_words_is_near_nothing():
    assert EXAMPLES.nearest(np.zeros((1, 2)))[1] == [0]


def test_the_threshold_leaves_out_where_more_are_wrong():
    similarities = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert threshold_of(similarities, np.array([True, True, False, True, False])) == 0.8
    assert threshold_of(similarities, np.array([True, False, True, True, False])) == 0.6
    assert threshold_of(similarities, np.array([False, False, True, False, False])) == 1


def test_equal_similarities_are_suggested_together():
    similarities = np.array([0.9, 0.7, 0.7, 0.7])
    assert threshold_of(similarities, np.array([True, True, False, False])) == 0.9
