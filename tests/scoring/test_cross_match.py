import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import BertForSequenceClassification, BertTokenizerFast

from scoring.measures.cross_match import CrossMatch, as_probability
from scoring.measures.opening import open_match
from tests.scoring import tiny_bert

TURNS = ["什么时候发货", "可以退换吗", "什么时候发货"]
ANSWERS = ["亲可以的哦", "不能", "亲可以的哦"]


@pytest.fixture(scope="module", params=[1, 2])
def folder(request, tmp_path_factory):
    return tiny_bert.save(tmp_path_factory.mktemp("cross") / "model", labels=request.param)


def by_hand(folder):
    """P(fits) straight from transformers, with the activation that the number of labels asks for."""
    model = BertForSequenceClassification.from_pretrained(folder).eval()
    batch = BertTokenizerFast.from_pretrained(folder)(TURNS, ANSWERS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**batch).logits
    return (torch.sigmoid(logits[:, 0]) if logits.shape[1] == 1 else torch.softmax(logits, dim=1)[:, 1]).numpy()


def test_it_gives_the_models_own_probability(folder):
    assert open_match(folder).score(TURNS, ANSWERS) == pytest.approx(by_hand(folder), abs=1e-5)


def test_a_chat_template_beside_the_tokenizer_changes_nothing(folder, tmp_path):
    plain = CrossMatch(folder).score(TURNS, ANSWERS)
    dressed = tmp_path / "dressed"
    BertForSequenceClassification.from_pretrained(folder).save_pretrained(dressed)
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    tokenizer.chat_template = "{% for m in messages %}abc {{ m.content }} xyz{% endfor %}"
    tokenizer.save_pretrained(dressed)
    assert CrossMatch(dressed).score(TURNS, ANSWERS) == pytest.approx(plain, abs=1e-5)


def test_each_distinct_pair_is_read_once(folder, monkeypatch):
    match = CrossMatch(folder)
    read = []
    predict = match.model.predict
    monkeypatch.setattr(match.model, "predict", lambda pairs, **kw: read.extend(pairs) or predict(pairs, **kw))
    match.score(TURNS, ANSWERS)
    match.score(TURNS, ANSWERS)
    assert len(read) == 2


def test_a_folder_saved_as_a_cross_encoder_is_read_as_one(folder, tmp_path):
    CrossEncoder(str(folder)).save_pretrained(str(tmp_path / "saved"))
    assert open_match(tmp_path / "saved").score(TURNS, ANSWERS) == pytest.approx(by_hand(folder), abs=1e-5)


def test_an_empty_answer_matches_nothing(folder):
    assert open_match(folder).score(["什么时候发货"], [" "]).tolist() == [0.0]


def test_three_labels_are_refused(tmp_path):
    with pytest.raises(ValueError, match="one or two labels"):
        CrossMatch(tiny_bert.save(tmp_path / "three", labels=3))


def test_logits_become_probabilities():
    assert as_probability(np.array([0.0, 20.0])) == pytest.approx([0.5, 1.0])
    assert as_probability(np.array([[0.0, 0.0], [np.log(3), 0.0]])) == pytest.approx([0.5, 0.25])
