import json

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertModel, BertTokenizerFast, LlamaConfig, LlamaModel

from scoring.measures.encoder import TextEncoder
from scoring.measures.sentence_model import brings_no_foreign_code, open_sentence_model
from scoring.measures.similarity import Similarity
from tests.scoring import tiny_bert

TEXTS = ["什么时候发货", "可以退换吗亲", "ok", "您好您好您好您好"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return tiny_bert.save(tmp_path_factory.mktemp("bare") / "model")


def by_hand(folder, text):
    """The pooler's output straight from transformers, scaled to length 1."""
    model = BertModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        pooled = model(**BertTokenizerFast.from_pretrained(folder)(text, return_tensors="pt")).pooler_output[0]
    return (pooled / pooled.norm()).numpy()


def test_a_bare_bert_is_read_by_its_pooler(bare):
    vectors = open_sentence_model(bare).encode(TEXTS)
    np.testing.assert_allclose(vectors, [by_hand(bare, text) for text in TEXTS], atol=1e-5)


def test_in_the_encoder_it_is_the_same_to_half_precision_and_alone_as_in_a_batch(bare):
    encoder = TextEncoder(bare, precision="float32")
    np.testing.assert_allclose(encoder.encode(TEXTS), [by_hand(bare, text) for text in TEXTS], atol=1e-3)
    alone = [TextEncoder(bare, precision="float32").encode([text])[0] for text in TEXTS]
    np.testing.assert_allclose(encoder.encode(TEXTS), alone, atol=1e-3)


def test_it_serves_as_similarity_scorer(bare):
    score = Similarity(bare).score(["可以的哦", "可以的哦", ""], ["可以的哦", "什么时候", "可以"])
    assert score[0] == pytest.approx(1, abs=1e-6)
    assert score[2] == 0
    expected = max(0.0, float(by_hand(bare, "可以的哦") @ by_hand(bare, "什么时候")))
    assert score[1] == pytest.approx(expected, abs=0.02)


def test_what_was_saved_with_modules_is_read_as_saved(bare, tmp_path):
    reader = Transformer(str(bare))
    saved = SentenceTransformer(modules=[reader, Pooling(reader.get_embedding_dimension(), "mean")], device="cpu")
    saved.save_pretrained(str(tmp_path))
    np.testing.assert_allclose(open_sentence_model(tmp_path).encode(TEXTS), saved.encode(TEXTS), atol=1e-5)


def test_a_bert_without_pooler_is_refused(bare, tmp_path):
    BertModel.from_pretrained(bare, add_pooling_layer=False).save_pretrained(tmp_path)
    BertTokenizerFast.from_pretrained(bare).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="not a BERT with a pooler"):
        open_sentence_model(tmp_path)


def test_another_bare_model_is_refused(tmp_path):
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
    LlamaModel(LlamaConfig(vocab_size=8, **shape)).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"no modules\.json and is not a BERT"):
        open_sentence_model(tmp_path)


def test_pickled_weights_are_refused(bare, tmp_path):
    tiny_bert.save(tmp_path / "model")
    torch.save({}, tmp_path / "model" / "pytorch_model.bin")
    open_sentence_model(tmp_path / "model")  # the safetensors beside it are what is read
    (tmp_path / "model" / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"pytorch_model\.bin is pickled"):
        open_sentence_model(tmp_path / "model")


def test_pickled_weights_of_a_single_module_are_refused(bare, tmp_path):
    reader = Transformer(str(bare))
    modules = [reader, Pooling(reader.get_embedding_dimension(), "mean"), Dense(32, 8)]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(tmp_path))
    (tmp_path / "2_Dense" / "model.safetensors").unlink()
    torch.save(modules[2].state_dict(), tmp_path / "2_Dense" / "pytorch_model.bin")
    with pytest.raises(ValueError, match=r"2_Dense/pytorch_model\.bin is pickled"):
        open_sentence_model(tmp_path)


@pytest.fixture
def with_code(bare, tmp_path):
    """A model whose module is a file beside it."""
    SentenceTransformer(modules=[Transformer(str(bare))], device="cpu").save_pretrained(str(tmp_path))
    (tmp_path / "theirs.py").write_text(
        "from sentence_transformers.base.modules import Transformer\n\nclass Theirs(Transformer):\n    pass\n"
    )
    modules = json.loads((tmp_path / "modules.json").read_text())
    modules[0]["type"] = "theirs.Theirs"
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    return tmp_path


def test_remote_code_runs_only_where_it_was_switched_on(with_code):
    assert not brings_no_foreign_code(with_code)
    with pytest.raises(ValueError, match="trust_remote_code"):
        open_sentence_model(with_code)
    assert type(open_sentence_model(with_code, trust_remote_code=True)[0]).__name__ == "Theirs"


def test_code_beside_known_modules_is_foreign(bare, tmp_path):
    SentenceTransformer(modules=[Transformer(str(bare))], device="cpu").save_pretrained(str(tmp_path))
    assert brings_no_foreign_code(tmp_path)
    (tmp_path / "hashed_ngrams.py").write_text("")
    assert not brings_no_foreign_code(tmp_path)


def test_a_model_of_the_hub_is_fetched_without_its_pickles(bare, monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda name, **options: asked.update(options, name=name) or str(bare)
    )
    open_sentence_model("shop/simbert")
    assert asked["name"] == "shop/simbert"
    assert "*.bin" in asked["ignore_patterns"]
