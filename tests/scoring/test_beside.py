"""Measures beside Eq. 1: by hand, as the libraries give them, and alike in what is unknown."""

from math import inf, isnan

import numpy as np
import pytest
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer

from scoring.measures.beside import MEASURES
from scoring.measures.beside.measure import UNIT
from scoring.measures.beside.repetition import repeated

PAIRS = [
    ("亲，订单48小时内发货哦", "亲，一般48小时内就会发货哦"),
    ("You can return it within 7 days.", "Returns are possible within 7 days."),
    ("好的", "好的"),
]
REPLIES, REFERENCES = [list(texts) for texts in zip(*PAIRS, strict=True)]
OVERLAP = [name for name, of in MEASURES.items() if of.needs_reference and of.range == UNIT and of.more_is_better]


def of(name: str, replies, references=None):
    references = references or ["x"] * len(replies)
    return MEASURES[name]([""] * len(replies), replies, references)


def test_each_says_what_it_is():
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert measure.label
        assert measure.range in ((0, 1), (0, inf))
        assert measure.source
        assert measure.words


# --- as the libraries and the papers have them


def test_bleu_and_chrf_are_those_of_sacrebleu():
    bleu = [sacrebleu.sentence_bleu(a, [b], tokenize="zh", use_effective_order=True).score / 100 for a, b in PAIRS]
    chrf = [sacrebleu.sentence_chrf(a, [b]).score / 100 for a, b in PAIRS]
    assert of("bleu", REPLIES, REFERENCES) == pytest.approx(bleu)
    assert of("chrf", REPLIES, REFERENCES) == pytest.approx(chrf)


@pytest.mark.parametrize(("name", "kind"), [("rouge_1", "rouge1"), ("rouge_2", "rouge2"), ("rouge_l", "rougeL")])
def test_rouge_is_that_of_the_library_where_that_reads_the_language(name, kind):
    reply, reference = "the gunman police killed", "police killed the gunman"
    expected = RougeScorer([kind]).score(reference, reply)[kind].fmeasure
    assert of(name, [reply], [reference])[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reply", "rouge_1", "rouge_2", "rouge_l"),
    [
        ("police kill the gunman", 3 / 4, 1 / 3, 3 / 4),
        ("the gunman kill police", 3 / 4, 1 / 3, 2 / 4),
    ],
)
def test_the_example_of_lins_paper(reply, rouge_1, rouge_2, rouge_l):
    """Lin 2004, section 3.1: S1 is `police killed the gunman`."""
    found = [of(name, [reply], ["police killed the gunman"])[0] for name in ("rouge_1", "rouge_2", "rouge_l")]
    assert found == pytest.approx([rouge_1, rouge_2, rouge_l])


def test_the_clipped_unigrams_of_papineni():
    """The the … counts `the` no more often than the reference has it: 2/7, section 2.1 of the paper."""
    precision = sacrebleu.sentence_bleu("the the the the the the the", ["the cat is on the mat"], tokenize="zh")
    assert precision.precisions[0] / 100 == pytest.approx(2 / 7)
    assert of("bleu", ["the the the the the the the"], ["the cat is on the mat"])[0] < 0.1


def test_chinese_is_read_by_characters():
    assert of("rouge_1", ["可以退货吗"], ["可以换货吗"])[0] == pytest.approx(4 / 5)
    assert of("rouge_2", ["可以退货吗"], ["可以换货吗"])[0] == pytest.approx(2 / 4)
    assert of("rouge_l", ["退货可以"], ["可以退货"])[0] == pytest.approx(2 / 4)


# --- by hand


def test_length_counts_characters_without_spaces():
    assert list(of("length", ["亲 在的\n", "a b", ""])) == [3, 2, 0]


@pytest.mark.parametrize(("reply", "share"), [("", 0), ("a", 0), ("abab", 1 / 3), ("好好好好好", 3 / 4), ("abc", 0)])
def test_repetition_is_the_share_of_pairs_that_were_said_before(reply, share):
    assert repeated(reply) == pytest.approx(share)


# --- alike in all


@pytest.mark.parametrize("name", OVERLAP)
def test_the_same_text_is_perfect_and_an_empty_one_worth_nothing(name):
    text = "亲，这款支持七天无理由退货"
    found = of(name, [text, "", "别的"], [text, text, text])
    assert found[0] == pytest.approx(1)
    assert found[1] == 0
    assert found[2] < 0.1


@pytest.mark.parametrize("name", MEASURES)
def test_what_is_not_known_is_unknown_and_changes_no_other(name):
    found = MEASURES[name](["q", "q", None], [REPLIES[0], None, REPLIES[0]], [REFERENCES[0], "x", REFERENCES[0]])
    assert isnan(found[1])
    assert found[0] == found[2]
    assert not np.isnan(found[0])
    without = MEASURES[name](["q", "q"], ["reply", "reply"], [None, " "])
    assert np.isnan(without).all() == MEASURES[name].needs_reference


@pytest.mark.parametrize("name", MEASURES)
def test_every_value_lies_in_the_range(name):
    low, high = MEASURES[name].range
    texts = ["", " ", "好", "好好好好", "a", "The the", "。，！", "\u202e", "🙂" * 50, "长" * 500]
    replies = [a for a in texts for _ in texts]
    found = of(name, replies, texts * len(texts))
    known = found[~np.isnan(found)]
    assert ((known >= low) & (known <= high + 1e-12)).all()
    with pytest.raises(ValueError, match="zip"):
        MEASURES[name]([], ["a"], ["b"])
