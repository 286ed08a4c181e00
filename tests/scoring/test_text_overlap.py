import pytest
import sacrebleu

from scoring.measures.beside.words import words
from scoring.measures.text_overlap import bleu, chrf, rouge_l

ANSWERS = ["亲，订单48小时内发货哦", "You can return it within 7 days.", ""]
REFERENCES = ["亲，一般48小时内就会发货哦", "Returns are possible within 7 days.", "好的"]


def test_every_chinese_character_is_a_word():
    assert words("亲，48小时 OK!") == ["亲", "，", "48", "小", "时", "ok", "!"]


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("a b c d", "a c d e", 2 * 3 / 8),  # in common: a c d
        ("可以退货吗", "可以换货吗", 2 * 4 / 10),  # 可 以 货 吗
        ("亲，48小时 OK!", "48 hours ok", 2 * 2 / 10),  # 48 ok, of seven and three words
        ("a b", "b a", 2 * 1 / 4),
        ("a", "b", 0),
    ],
)
def test_rouge_l_by_hand(answer, reference, expected):
    assert rouge_l([answer], [reference]) == pytest.approx(expected)


def test_rouge_l_of_several_pairs_is_their_mean():
    alone = [rouge_l([answer], [reference]) for answer, reference in zip(ANSWERS, REFERENCES, strict=True)]
    assert rouge_l(ANSWERS, REFERENCES) == pytest.approx(sum(alone) / 3)


def test_bleu_and_chrf_are_those_of_sacrebleu():
    assert bleu(ANSWERS, REFERENCES) == pytest.approx(
        sacrebleu.BLEU(tokenize="zh").corpus_score(ANSWERS, [REFERENCES]).score / 100
    )
    assert chrf(ANSWERS, REFERENCES) == pytest.approx(sacrebleu.CHRF().corpus_score(ANSWERS, [REFERENCES]).score / 100)


@pytest.mark.parametrize("measure", [bleu, chrf, rouge_l])
def test_the_same_text_is_perfect_and_an_empty_one_worth_nothing(measure):
    text = ["亲，这款支持七天无理由退货"]
    assert measure(text, text) == pytest.approx(1)
    assert measure([""], text) == 0


@pytest.mark.parametrize("measure", [bleu, chrf, rouge_l])
def test_without_pairs_there_is_no_measure(measure):
    with pytest.raises(ValueError, match="at least one"):
        measure([], [])
    with pytest.raises(ValueError, match="as many"):
        measure(["a"], [])
