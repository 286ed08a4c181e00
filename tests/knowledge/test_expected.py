"""The expected reply against scikit-learn's Gaussian process."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from knowledge.retrieval.expected import NOISE, expected_reply


def unit(seed, *shape):
    vectors = np.random.default_rng(seed).normal(size=shape)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture
def known():
    """Questions and the replies to them."""
    return unit(1, 30, 6), unit(2, 30, 5)


def expected(asked, known):
    questions, replies = known
    return expected_reply(questions @ asked, questions @ questions.T, replies)


def test_it_is_the_mean_of_a_gaussian_process(known):
    asked = unit(3, 6)
    process = GaussianProcessRegressor(RBF(np.sqrt(0.5)), alpha=NOISE, optimizer=None).fit(*known)
    mean = process.predict(asked[None])[0]
    found = expected(asked, known)
    assert found.certainty == pytest.approx(np.linalg.norm(mean))
    assert found.reply == pytest.approx(mean / np.linalg.norm(mean))


def test_of_one_question_it_is_its_reply_and_as_certain_as_the_question_is_near():
    question, reply = unit(1, 1, 6), unit(2, 1, 5)
    near, far = expected(question[0], (question, reply)), expected(-question[0], (question, reply))
    assert near.reply == pytest.approx(reply[0])
    assert near.certainty == pytest.approx(1 / (1 + NOISE))
    assert far.certainty < 0.05


def test_a_question_that_stands_there_twice_counts_little_more_than_once(known):
    """The way a mean of the nearest would not."""
    asked = unit(3, 6)
    questions, replies = known
    nearest = int(np.argmax(questions @ asked))
    twice = np.r_[np.arange(30), [nearest] * 5]
    once, more = expected(asked, known), expected(asked, (questions[twice], replies[twice]))
    assert once.reply @ more.reply > 0.9


def test_likenesses_are_between_0_and_1(known):
    found = expected(unit(3, 6), known)
    assert found.likenesses(np.stack([found.reply, -found.reply])) == pytest.approx([1, 0])
