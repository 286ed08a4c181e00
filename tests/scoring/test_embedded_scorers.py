import json

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from scoring.embedded.batches import Batches
from scoring.measures.match import DualMatch
from scoring.measures.named import FOLDERS
from scoring.measures.similarity import Similarity
from serving.corpus import exchanges

SIMBERT, ROCKETQA = FOLDERS["embedded-simbert"], FOLDERS["embedded-rocketqa"]


@pytest.fixture(scope="module")
def test_part():
    return [exchange for exchange in exchanges() if exchange.split == "test"]


def test_both_load_as_sentence_transformers_without_pickle_or_chat_template():
    for folder in (SIMBERT, ROCKETQA):
        SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)
        assert {file.suffix for file in folder.rglob("*") if file.is_file()} == {".json", ".safetensors"}


def test_replies_to_one_turn_are_more_alike_than_replies_to_two(test_part):
    score = Similarity(SIMBERT).score
    shop = [exchange.shop for exchange in test_part]
    own = score(shop, [exchange.teacher for exchange in test_part])
    other = score(shop, [exchange.teacher for exchange in test_part[31:] + test_part[:31]])
    assert np.mean(own > other) > 0.9
    assert np.median(other) < 0.1


def test_the_right_reply_matches_and_another_does_not(test_part):
    score = DualMatch(ROCKETQA).score
    questions = [exchange.customer for exchange in test_part]
    right = score(questions, [exchange.shop for exchange in test_part])
    wrong = score(questions, [exchange.shop for exchange in test_part[31:] + test_part[:31]])
    assert np.mean(right > wrong) > 0.85
    assert np.median(right) > 0.6
    assert np.median(wrong) < 0.4


def test_a_text_of_unknown_words_gets_a_known_score():
    strange = ["Zyx qwv ☂", "ящик", "", "？？"]
    assert np.isfinite(Similarity(SIMBERT).score(strange, strange)).all()
    assert np.isfinite(DualMatch(ROCKETQA).score(strange, strange)).all()


def test_theta_lies_where_right_replies_begin():
    described = json.loads((ROCKETQA / "scorer.json").read_text())
    quantiles = described["quantiles"]
    assert described["theta"] == quantiles["right"]["0.05"]
    assert quantiles["unrelated"]["0.5"] < described["theta"] < quantiles["unrelated"]["0.95"]
    assert json.loads((SIMBERT / "scorer.json").read_text())["quantiles"]["unrelated"]["0.5"] < 0.1


def test_batches_are_repeatable_and_of_the_train_part_alone():
    corpus = exchanges()
    first, second = (next(Batches(corpus, 32, seed=4).answered()) for _ in range(2))
    assert (first.left, first.right) == (second.left, second.right)
    lessons = Batches(corpus, 32, seed=4)
    taught = [turn for turns in [*lessons.turns.values(), *lessons.of_intent.values()] for turn in turns]
    assert {turn.split for turn in taught} == {"train"}
