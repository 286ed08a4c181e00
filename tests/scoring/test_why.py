"""Why a final score is what it is: every row of the truth table in words, and the words that texts share."""

from math import isnan

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.fusion import final_score
from scoring.parameters import Parameters
from scoring.why.rule import Decision, Rule
from scoring.why.shared import READ_MOST, Piece, pieces
from scoring.why.words import apart, told, what_would_change_it

PAPER = Parameters(0.8, 0.2, 0.5)
NEITHER = (
    "How similar the answer is to the reference is unknown, and so is how well the reference matches the question: "
    "the final score is unknown."
)
NO_SIMILARITY = (
    "How similar the answer is to the reference is unknown, and every rule needs it: the final score is unknown."
)
NO_REFERENCE_MATCH = (
    "How well the reference matches the question is unknown, so nobody can say whether the match of the answer counts: "
    "the final score is unknown."
)
ALONE = (
    "The reference itself matches the question with only 0.10, less than Θ 0.20, so a match says little here and "
    "similarity alone counts: 0.62. Acceptable from 0.50 on: yes."
)
NO_MATCH = (
    "The reference itself matches the question with 0.31, at least Θ 0.20, so both count; but how well the answer "
    "matches the question is unknown, and so is the final score."
)
BOTH = (
    "The reference itself matches the question with 0.31, at least Θ 0.20, so both count: "
    "0.8 × 0.62 similarity + 0.2 × 0.40 match = 0.58. Acceptable from 0.50 on: yes."
)


def decided(similarity, match, reference_match, parameters=PAPER) -> Decision:
    return Decision(similarity, match, reference_match, parameters)


# --- the rule


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((None, None, None), NEITHER),
        ((None, 0.4, None), NEITHER),
        ((None, None, 0.31), NO_SIMILARITY),
        ((None, 0.4, 0.31), NO_SIMILARITY),
        ((None, 0.4, 0.10), NO_SIMILARITY),
        ((None, None, 0.10), NO_SIMILARITY),
        ((0.62, None, None), NO_REFERENCE_MATCH),
        ((0.62, 0.4, None), NO_REFERENCE_MATCH),
        ((0.62, None, 0.10), ALONE),
        ((0.62, 0.4, 0.10), ALONE),
        ((0.62, None, 0.31), NO_MATCH),
        ((0.62, 0.4, 0.31), BOTH),
    ],
)
def test_every_row_of_the_truth_table_is_told(parts, sentence):
    assert told(decided(*parts)) == sentence


def test_at_the_threshold_itself_both_count():
    assert "at least Θ 0.20" in told(decided(0.62, 0.4, 0.2))
    assert "less than Θ" in told(decided(0.62, 0.4, 0.2 - 1e-9))


def test_what_is_refused_is_said():
    assert told(decided(0.3, 0.4, 0.31)).endswith("= 0.32. Acceptable from 0.50 on: no.")


def test_numbers_that_differ_are_shown_with_as_many_decimals_as_tell_them_apart():
    assert apart(0.198, 0.2) == ("0.198", "0.200")
    assert apart(0.2, 0.2) == ("0.20", "0.20")
    assert apart(0.1, 0.2) == ("0.10", "0.20")
    assert apart(0.4999999, 0.5) == ("0.4999999", "0.5")
    assert "0.4996" in told(decided(0.4996, None, 0.1))


def test_chinese_has_the_same_numbers():
    with translation.override("zh-hans"):
        sentence = told(decided(0.62, 0.4, 0.31))
    assert "0.8 × 0.62" in sentence
    assert "阈值 Θ" in sentence
    assert "Acceptable" not in sentence


UNIT = st.floats(0, 1)
small = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@small
@given(st.none() | UNIT, st.none() | UNIT, st.none() | UNIT, st.builds(Parameters, UNIT, UNIT, UNIT))
def test_a_decision_is_eq_1_whatever_is_known(similarity, match, reference_match, parameters):
    decision = decided(similarity, match, reference_match, parameters)
    expected = final_score(similarity, match, reference_match, parameters.alpha, parameters.theta)
    assert isnan(expected) if decision.final is None else decision.final == expected
    if decision.final is not None:
        assert sum(decision.contributions.values()) == pytest.approx(decision.final)
        assert decision.is_acceptable == (decision.final >= parameters.threshold)
    else:
        assert decision.contributions == {}
        assert decision.rule not in (Rule.BOTH, Rule.SIMILARITY_ALONE)
    assert told(decision)
    what_would_change_it(decision)


@small
@given(UNIT, UNIT, UNIT, st.builds(Parameters, st.floats(0.05, 1), UNIT, UNIT))
def test_the_similarity_that_is_needed_is_just_enough(similarity, match, reference_match, parameters):
    decision = decided(similarity, match, reference_match, parameters)
    needed = decision.needed_similarity
    if decision.rule == Rule.BOTH and needed is not None and 0.001 < needed < 0.999:
        assert decided(needed + 1e-6, match, reference_match, parameters).is_acceptable
        assert not decided(needed - 1e-6, match, reference_match, parameters).is_acceptable


# --- what would change it


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        (
            (0.62, 0.4, 0.31),
            [
                "With Θ above 0.31 similarity alone would count: 0.62.",
                "With this match it stays acceptable down to a similarity of 0.53.",
            ],
        ),
        (
            (0.3, 0.4, 0.31),
            [
                "With Θ above 0.31 similarity alone would count: 0.30.",
                "With this match it would be acceptable from a similarity of 0.53 on.",
            ],
        ),
        ((0.3, 0.4, 1.0), ["With this match it would be acceptable from a similarity of 0.53 on."]),
        ((0.62, 0.4, 0.1), ["With Θ at 0.10 or less both would count: 0.58."]),
        (
            (0.62, None, 0.1),
            ["With Θ at 0.10 or less the match of the answer would count, which is unknown."],
        ),
        ((0.62, None, 0.31), ["With Θ above 0.31 similarity alone would count: 0.62."]),
        ((None, 0.4, 0.31), []),
        ((0.62, 0.4, None), []),
    ],
)
def test_what_would_change_it(parts, sentences):
    assert what_would_change_it(decided(*parts)) == sentences


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (Parameters(0.2, 0.2, 0.9), "With this match no similarity would make it acceptable."),
        (Parameters(0.2, 0.2, 0.3), "With this match it is acceptable whatever the similarity."),
    ],
)
def test_where_the_match_decides_alone(parameters, sentence):
    assert what_would_change_it(decided(0.9, 0.4, 0.31, parameters))[-1] == sentence


def test_without_a_weight_the_similarity_needs_nothing():
    assert len(what_would_change_it(decided(0.9, 0.4, 0.31, Parameters(0.0, 0.2, 0.5)))) == 1


# --- the words that match


def shared(text, **others) -> list[tuple[str, tuple[str, ...]]]:
    return [(piece.text, piece.shared) for piece in pieces(text, others)]


def test_chinese_is_compared_by_pairs_of_characters():
    assert shared("亲，可以退货的", question="可以退货吗") == [("亲，", ()), ("可以退货", ("question",)), ("的", ())]
    assert shared("的确是", question="我的") == [("的确是", ())], "one common character is in every sentence"
    assert shared("在", question="在") == [("在", ("question",))], "unless it is all that is said"


def test_words_are_compared_whole_without_case_and_width():
    assert shared("Return ABC-12 now", question="return ＡＢＣ 12!") == [
        ("Return", ("question",)),
        (" ", ()),
        ("ABC", ("question",)),
        ("-", ()),
        ("12", ("question",)),
        (" now", ()),
    ]
    assert shared("a returns", question="a return") == [("a returns", ())]


def test_a_piece_names_all_texts_that_have_it():
    assert shared("可以退货", question="退货", reference="可以退货") == [
        ("可以", ("reference",)),
        ("退货", ("question", "reference")),
    ]


def test_a_character_that_folds_to_several_is_marked_where_it_stands():
    assert shared("㎏ 5", question="kg") == [("㎏", ("question",)), (" 5", ())]


def test_a_long_text_is_cut():
    assert pieces("长" * READ_MOST * 2, {})[-1] == Piece("…")
    assert pieces("", {"question": "x"}) == []


@small
@given(st.text(), st.text())
def test_pieces_are_the_whole_text(text, other):
    assert "".join(piece.text for piece in pieces(text, {"other": other})) == text
