import pytest
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer

from scoring.measures.text_overlap import bleu, chrf, rouge_l, words

ANSWERS = ["亲，订单48小时内发货哦", "You can return it within 7 days.", ""]
REFERENCES = ["亲，一般48小时内就会发货哦", "Returns are possible within 7 days.", "好的"]


class Words:
    """Lets the reference implementation of ROUGE split as we do; its own tokenizer drops Chinese."""

    def tokenize(self, text):
        return words(text)


def test_every_chinese_character_is_a_word():
    assert words("亲，48小时 OK!") == ["亲", "，", "48", "小", "时", "ok", "!"]


def test_rouge_l_by_hand():
    # The longest common subsequence of a b c d and a c d e is a c d: 2·3 / 8.
    assert rouge_l(["a b c d"], ["a c d e"]) == pytest.approx(0.75)


def test_rouge_l_agrees_with_the_reference_implementation():
    scorer = RougeScorer(["rougeL"], tokenizer=Words())
    expected = [scorer.score(r, a)["rougeL"].fmeasure for a, r in zip(ANSWERS, REFERENCES, strict=True)]
    assert rouge_l(ANSWERS, REFERENCES) == pytest.approx(sum(expected) / 3)


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
