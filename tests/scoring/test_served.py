"""An embedding model behind a server: what it is asked, and what is made of good and bad answers."""

import numpy as np
import pytest

from scoring.measures.cache import ResultCache
from scoring.measures.served import BATCH, EncoderUnavailable, ServedEncoder, vectors_in
from serving.runtimes.served_name import ServedName, served_name
from tests.scoring.embedder import DIMENSION, embeddings, listening, vector
from tests.serving.provider import PATIENT_S, SILENT, Behaviour, failing

KEY = "sk-never-shown-0123456789"
TEXTS = ["什么时候发货", "可以退换吗亲", "ok", "您好您好", "快递"]
GOOD = [0.5] * DIMENSION


@pytest.fixture
def server():
    with listening() as embedder:
        yield embedder


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def encoder(server, pauses):
    made = ServedEncoder(server.name, KEY, timeout_s=PATIENT_S, pause=pauses.append)
    server.seen.clear()
    return made


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# --- what it is asked


def test_vectors_come_in_the_order_of_the_texts_with_length_1(encoder):
    expected = unit(np.stack([vector(text) for text in TEXTS]))
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=2e-3)  # cached as float16
    np.testing.assert_allclose(np.linalg.norm(encoder.encode(TEXTS), axis=1), 1, atol=1e-6)


def test_each_distinct_text_is_asked_once(encoder, server):
    encoder.encode([*TEXTS, *TEXTS])
    encoder.cosine(TEXTS, TEXTS[::-1])
    assert sorted(server.asked) == sorted(TEXTS)


def test_a_request_has_so_many_texts_at_most(encoder, server):
    texts = [f"问题{i}" for i in range(2 * BATCH + 3)]
    assert encoder.encode(texts).shape == (len(texts), DIMENSION)
    assert [len(request.body["input"]) for request in server.seen] == [BATCH, BATCH, 3]


def test_it_asks_for_plain_numbers_of_the_named_model(encoder, server):
    encoder.encode(["好"])
    request = server.seen[0]
    assert request.path == "/v1/embeddings"
    assert (request.body["model"], request.body["encoding_format"]) == ("small", "float")
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_blank_texts_are_not_asked_and_resemble_nothing(encoder, server):
    vectors = encoder.encode(["", " \n", "好"])
    assert server.asked == ["好"]
    np.testing.assert_array_equal(vectors[:2], 0)
    np.testing.assert_array_equal(encoder.cosine(["", ""], ["", "好"]), 0)
    assert encoder.encode([]).shape == (0, DIMENSION)


def test_of_a_long_text_the_beginning_counts_and_no_character_is_halved(encoder, server):
    encoder.encode(["a" + "好" * 1000])
    assert server.asked == ["a" + "好" * 499]


def test_answers_are_placed_by_their_index():
    body = b'{"data": [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [1, 0]}]}'
    np.testing.assert_array_equal(vectors_in(body, 2), [[1, 0], [0, 2]])


def test_answers_without_an_index_come_in_the_order_of_the_texts():
    body = b'{"data": [{"embedding": [0, 2]}, {"embedding": [1, 0]}]}'
    np.testing.assert_array_equal(vectors_in(body, 2), [[0, 2], [1, 0]])


# --- what lasts


class Shelf:
    """A store in a dictionary."""

    def __init__(self):
        self.kept = {}

    def read(self, keys):
        return {key: self.kept[key] for key in keys if key in self.kept}

    def write(self, results):
        self.kept.update(results)


def test_another_process_reads_the_store_and_asks_only_for_the_dimension(server):
    store = Shelf()
    first = ServedEncoder(server.name, cache=ResultCache("small", store)).encode(TEXTS)
    server.seen.clear()
    again = ServedEncoder(server.name, cache=ResultCache("small", store)).encode(TEXTS)
    np.testing.assert_array_equal(again, first)
    assert server.asked == ["?"]


def test_another_model_under_the_same_name_does_not_meet_the_vectors_of_the_first(server):
    store = Shelf()
    ServedEncoder(server.name, cache=ResultCache("small", store)).encode(TEXTS)
    server.dimension = 8
    assert ServedEncoder(server.name, cache=ResultCache("small", store)).encode(TEXTS).shape == (len(TEXTS), 8)


# --- when it fails


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (embeddings([GOOD, GOOD]), "sent 2 vectors for 1 texts"),
        (embeddings([]), "sent 0 vectors for 1 texts"),
        (embeddings([GOOD[:-1]]), "sent vectors of 63 numbers, 64 were expected"),
        (embeddings([[]]), "sent vectors of 0 numbers, 64 were expected"),
        (embeddings([[float("nan"), *GOOD[1:]]]), "NaN, infinite or no numbers"),
        (embeddings([[float("inf"), *GOOD[1:]]]), "NaN, infinite or no numbers"),
        (embeddings([[None, *GOOD[1:]]]), "NaN, infinite or no numbers"),
        (embeddings([["x", *GOOD[1:]]]), "something else than numbers"),
        (embeddings([[[1], *GOOD[1:]]]), "something else than numbers"),
        (embeddings([[0] * DIMENSION]), "a vector of zeros"),
        (embeddings(["AAAA"]), "not a list of embeddings"),
        (Behaviour(b'{"data": 5}'), "not a list of embeddings"),
        (Behaviour(b'{"data": [{"index": 7, "embedding": [1]}]}'), "not a list of embeddings"),
        (Behaviour(b'{"data": [[1, 2]]}'), "not a list of embeddings"),
        (Behaviour(b"<html>welcome</html>"), "not a list of embeddings"),
        (Behaviour(b"\xff\xfe{"), "not a list of embeddings"),
        (Behaviour(b"x" * (5 * 2**20)), "more than 4,194,304 bytes"),
    ],
)
def test_a_bad_answer_is_told_in_a_sentence(encoder, server, answer, said):
    server.will(answer, answer, answer)
    with pytest.raises(EncoderUnavailable, match=said) as caught:
        encoder.encode(["好"])
    assert str(caught.value).startswith("The embedding model small at 127.0.0.1 cannot be used: the server sent")
    assert str(caught.value).endswith(".")
    assert len(server.seen) == 3


def test_what_does_not_pass_is_not_asked_again_and_the_servers_own_words_are_shown(encoder, server, pauses):
    server.will(failing(400, {"error": {"message": f"no model small, {KEY} " + "x" * 500}}))
    with pytest.raises(EncoderUnavailable, match=r"refused with 400: no model small, \[KEY\] x+…\.$"):
        encoder.encode(["好"])
    assert (len(server.seen), pauses) == (1, [])


def test_what_may_pass_is_asked_again_after_growing_pauses(encoder, server, pauses):
    server.will(failing(503), failing(500))
    assert encoder.encode(["好"]).any()
    assert (len(server.seen), pauses) == (3, [0.5, 1.0])


def test_a_pause_that_the_server_asks_for_is_kept_within_a_bound(encoder, server, pauses):
    server.will(failing(429, retry_after="2"), failing(429, retry_after="600"))
    assert encoder.encode(["好"]).any()
    assert pauses == [2.0, 5.0]


def test_a_server_that_says_nothing_is_left(server):
    patient = ServedEncoder(server.name, timeout_s=0.2, pause=lambda _: None)
    server.will(SILENT, SILENT, SILENT)
    with pytest.raises(EncoderUnavailable, match="no reply in time"):
        patient.encode(["好"])


def test_after_a_failure_it_works_again(encoder, server):
    server.will(failing(400))
    with pytest.raises(EncoderUnavailable):
        encoder.encode(TEXTS)
    assert encoder.encode(TEXTS).any(axis=1).all()


def test_what_came_before_a_failure_is_kept(encoder, server):
    texts = [f"问题{i}" for i in range(BATCH + 1)]
    server.will(embeddings([GOOD] * BATCH), failing(400))
    with pytest.raises(EncoderUnavailable):
        encoder.encode(texts)
    server.seen.clear()
    encoder.encode(texts)
    assert server.asked == texts[BATCH:]


def test_a_server_that_is_not_there_is_told_at_once(free_port):
    with pytest.raises(EncoderUnavailable, match=r"small at 127\.0\.0\.1 cannot be used: the server cannot be reached"):
        ServedEncoder(ServedName("small", f"http://127.0.0.1:{free_port}/v1"), pause=lambda _: None)


def test_a_key_that_no_header_can_hold_is_told(server):
    with pytest.raises(EncoderUnavailable, match="a key has no characters outside ASCII"):
        ServedEncoder(server.name, "钥匙")


def test_an_address_that_goes_too_far_is_told(server):
    server.will(failing(404))
    name = ServedName("small", f"{server.url}/v1/embeddings")
    with pytest.raises(EncoderUnavailable, match="the address should end before /embeddings"):
        ServedEncoder(name)


# --- its name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("openai:small@http://h/v1", ("small", "http://h/v1")),
        ("openai:org/small:2@v3@https://h", ("org/small:2@v3", "https://h")),
        ("openai:small", None),
        ("openai:@http://h", None),
        ("openai:small@ftp://h", None),
        ("embedded-simbert", None),
    ],
)
def test_a_served_name_has_two_parts(name, found):
    assert served_name(name) == found
