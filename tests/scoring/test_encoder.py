import numpy as np
import pytest

from scoring.measures.encoder import TextEncoder, batches, unit
from scoring.measures.named import FOLDERS
from scoring.measures.precision import fastest_precision
from tests.scoring import tiny_bert

TEXTS = ["什么时候发货", "可以退换吗亲", "ok", "您好您好您好您好", "快递"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_bert.save(tmp_path_factory.mktemp("bare") / "model")


@pytest.fixture
def encoder(folder):
    return TextEncoder(folder, precision="float32")


def reading(encoder, monkeypatch) -> list[str]:
    """The texts that reach the model from now on."""
    read = []
    encode = encoder.model.encode
    monkeypatch.setattr(encoder.model, "encode", lambda texts, **kw: read.extend(texts) or encode(texts, **kw))
    return read


def test_vectors_come_in_the_order_of_the_texts(encoder, folder):
    together = encoder.encode(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(TextEncoder(folder, precision="float32").encode([text])[0], vector, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_each_distinct_text_is_read_once(encoder, monkeypatch):
    read = reading(encoder, monkeypatch)
    encoder.encode([*TEXTS, *TEXTS])
    encoder.cosine(TEXTS, TEXTS[::-1])
    assert sorted(read) == sorted(TEXTS)


def test_a_text_is_as_like_itself_as_can_be(encoder):
    np.testing.assert_allclose(encoder.cosine(TEXTS, TEXTS), 1, atol=1e-6)


def test_no_pairs_have_no_cosine(encoder):
    assert encoder.cosine([], []).shape == (0,)


def test_bfloat16_hardly_turns_a_vector(folder, encoder):
    rounded = TextEncoder(folder, precision="bfloat16").encode(TEXTS)
    assert np.einsum("bd,bd->b", rounded, encoder.encode(TEXTS)).min() >= 0.999


def test_the_precision_is_probed_where_none_is_named(folder):
    assert TextEncoder(folder).precision == fastest_precision()
    assert fastest_precision() in ("float32", "bfloat16")


def test_the_scorers_that_ship_run_in_float32():
    encoder = TextEncoder(FOLDERS["embedded-simbert"])
    assert (encoder.is_transformer, encoder.precision) == (False, "float32")
    many = [f"在吗{i}" for i in range(100)]
    np.testing.assert_allclose(encoder.encode(many), unit(encoder.model.encode(many)), atol=1e-3)


def test_batches_take_texts_of_a_length_together_and_stay_within_the_budget():
    lengths = [3, 10, 4, 9, 50, 1]
    assert list(batches(lengths, budget=20)) == [[4], [1, 3], [2, 0, 5]]


@pytest.mark.parametrize("lengths", [[], [0], [0, 0, 7], list(range(200))])
def test_every_position_is_in_one_batch(lengths):
    found = [position for batch in batches(lengths, budget=64) for position in batch]
    assert sorted(found) == list(range(len(lengths)))
