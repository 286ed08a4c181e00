import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Router

from scoring.measures.encoder import TextEncoder
from scoring.measures.hashed_ngrams import HashedNgrams, features
from scoring.measures.match import DualMatch
from scoring.measures.sentence_model import brings_no_foreign_code
from scoring.measures.similarity import Similarity


def ngrams() -> HashedNgrams:
    module = HashedNgrams(buckets=512, dimension=64)
    module.start_from(["今天发货", "可以退货吗", "Where is my parcel"], idf_cap=0.5, seed=1)
    return module


@pytest.fixture
def one_tower(tmp_path):
    SentenceTransformer(modules=[ngrams()]).save_pretrained(str(tmp_path / "one"), create_model_card=False)
    return tmp_path / "one"


@pytest.fixture
def two_towers(tmp_path):
    """The document side turns its vectors round, so that a text is the opposite of itself as an answer."""
    same = Dense(64, 64, bias=False, activation_function=None, init_weight=torch.eye(64))
    turned = Dense(64, 64, bias=False, activation_function=None, init_weight=-torch.eye(64))
    model = SentenceTransformer(modules=[ngrams(), Router.for_query_document([same], [turned])])
    model.save_pretrained(str(tmp_path / "two"), create_model_card=False)
    return tmp_path / "two"


def test_features_are_characters_pairs_words_and_triples_of_letters():
    assert [feature.ngram for feature in features("發 货！ＯＫ 12")] == [
        "發", "货", "ok", "<ok", "ok>", "12", "<12", "12>",
    ]  # fmt: skip
    assert [feature.ngram for feature in features("发货") if feature.within] == ["发货"]


def test_untrained_cosine_is_about_that_of_the_weighted_counts():
    module = HashedNgrams(buckets=4096, dimension=2048, within_weight=0.5)
    module.start_from(["无关"], idf_cap=0.01, seed=1)
    vectors = module(module.preprocess(["发货", "发票"]))["sentence_embedding"]
    # One of two characters is shared; the pairs, which weigh half, differ: 1 / (1 + 1 + 0.25).
    assert torch.cosine_similarity(*vectors, dim=0).item() == pytest.approx(1 / 2.25, abs=0.05)


def test_a_saved_encoder_loads_with_the_same_vectors(one_tower):
    loaded = TextEncoder(one_tower).encode(["今天发货"])
    module = SentenceTransformer(str(one_tower), trust_remote_code=True)
    assert np.allclose(loaded, module.encode(["今天发货"], normalize_embeddings=True), atol=1e-3)


def test_each_distinct_text_is_encoded_once(one_tower, monkeypatch):
    encoder = TextEncoder(one_tower)
    seen = []
    original = encoder.model.encode
    monkeypatch.setattr(encoder.model, "encode", lambda texts, **k: seen.extend(texts) or original(texts, **k))
    encoder.cosine(["在吗", "在吗"], ["发货", "在吗"])
    encoder.cosine(["发货"], ["在吗"])
    assert sorted(seen) == ["发货", "在吗"]


def test_similarity_is_one_for_the_same_zero_for_nothing_and_never_negative(one_tower):
    scores = Similarity(one_tower).score(["今天发货", "", "今天发货", "！"], ["今天发货", "今天发货", " ", "发货"])
    assert scores == pytest.approx([1, 0, 0, 0], abs=1e-3)
    assert Similarity(one_tower).score([], []).shape == (0,)


def test_match_encodes_turn_and_answer_by_their_own_sides(two_towers):
    # The cosine of a text with itself is −1 here; with slope 10 and intercept −5 that is sigmoid(−15).
    assert DualMatch(two_towers).score(["今天发货"], ["今天发货"])[0] == pytest.approx(3.06e-7, rel=0.05)


def test_match_is_calibrated_by_the_file_beside_the_model(two_towers):
    (two_towers / "calibration.json").write_text('{"slope": -2, "intercept": 1}')
    scores = DualMatch(two_towers).score(["今天发货", "今天发货"], ["今天发货", " "])
    assert scores == pytest.approx([1 / (1 + np.exp(-3)), 0], abs=1e-3)


def test_a_folder_with_code_or_foreign_modules_is_not_trusted(one_tower, two_towers):
    assert brings_no_foreign_code(one_tower) and brings_no_foreign_code(two_towers)
    routes = two_towers / "1_Router" / "router_config.json"
    routes.write_text(routes.read_text().replace("sentence_transformers.base", "somewhere.else"))
    (one_tower / "modeling.py").write_text("")
    assert not brings_no_foreign_code(one_tower) and not brings_no_foreign_code(two_towers)
    with pytest.raises(ValueError, match="trust_remote_code"):
        TextEncoder(one_tower)
