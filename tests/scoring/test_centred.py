"""Vectors less what all texts of a language have in common."""

import numpy as np
import pytest

from scoring.measures.centred import SAMPLED, CentredEncoder, digest_of, typical_texts
from scoring.measures.encoder import Encoder, unit
from scoring.measures.served import ServedEncoder
from scoring.measures.served_similarity import ServedSimilarity
from serving.corpus import exchanges
from serving.runtimes.language import language_of
from tests.scoring.embedder import listening

BY_HAND = {"好": (0.8, 0.6), "坏": (0.8, -0.6), "ok": (0.6, 0.8), "no": (0.6, -0.8), "": (0.0, 0.0), "5": (1.0, 0.0)}


class ByHand(Encoder):
    def encode(self, texts, side=None):
        return np.array([BY_HAND[text] for text in texts], dtype=np.float32).reshape(-1, 2)


@pytest.fixture
def by_hand():
    """The mean is (.8, 0) in Chinese and (.6, 0) in English."""
    return CentredEncoder(ByHand(), {"zh": ["好", "坏"], "en": ["ok", "no"]})


def test_the_mean_of_its_language_is_taken_off(by_hand):
    np.testing.assert_allclose(by_hand.encode(["好", "坏", "ok", "no"]), [[0, 1], [0, -1], [0, 1], [0, -1]], atol=1e-6)


def test_a_language_without_a_mean_gets_the_mean_of_the_means(by_hand):
    np.testing.assert_allclose(by_hand.encode(["5"]), [[1, 0]], atol=1e-6)  # (1, 0) − (.7, 0)


def test_nothing_stays_nothing(by_hand):
    np.testing.assert_array_equal(by_hand.encode(["", "好"])[0], 0)
    assert by_hand.encode([]).shape == (0, 2)


def test_equal_texts_are_as_alike_as_can_be(by_hand):
    assert by_hand.cosine(["好", "ok"], ["好", "ok"]) == pytest.approx(1)


def test_typical_texts_are_of_the_train_part_and_the_same_each_time():
    train = {text for e in exchanges() if e.split == "train" for text in (e.customer, e.teacher)}
    samples = typical_texts()
    assert {language: len(texts) for language, texts in samples.items()} == {"zh": 2 * SAMPLED, "en": 2 * SAMPLED}
    assert all(set(texts) <= train for texts in samples.values())
    assert all(language_of(texts) == language for language, texts in samples.items())
    assert digest_of(samples) == digest_of(typical_texts()) != digest_of(samples | {"zh": ["好"]})


# --- with an encoder under which all texts are much alike


@pytest.fixture(scope="module")
def similarity():
    with listening() as server:
        yield ServedSimilarity(ServedEncoder(server.name))


def test_unrelated_texts_are_less_alike_than_under_the_encoder_itself(similarity):
    pair = ["亲，签收后7天内都可以退货哦"], ["在吗？我想要一张发票"]
    assert similarity.encoder.encoder.cosine(*pair) > 0.9
    assert similarity.score(*pair) < 0.5


def test_scores_are_in_0_to_1_and_the_same_text_has_1(similarity):
    texts = [e.shop for e in exchanges()[:40]]
    scores = similarity.score(texts, texts[::-1])
    assert 0 <= scores.min() <= scores.max() <= 1
    assert similarity.score(texts, texts) == pytest.approx(1, abs=1e-5)
    assert similarity.score(["", "好"], ["好", " "]) == pytest.approx(0)


def test_its_quantiles_tell_right_from_unrelated(similarity):
    quantiles = similarity.description["quantiles"]
    assert list(quantiles["right"]) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
    assert quantiles["right"]["0.5"] > quantiles["unrelated"]["0.75"]
    assert quantiles["unrelated"]["0.25"] < 0.2


def test_vectors_have_length_1(similarity):
    vectors = similarity.encoder.encode(["好的", "ok", "123"])
    np.testing.assert_allclose(vectors, unit(vectors), atol=1e-6)
