"""What the index has of a dialogue, and what a person typed."""

import pytest

from dialogues.search.query import SHOWN, TERMS_MOST, Query
from dialogues.search.tokens import READ_MOST, beginnings, facets, fold, text_tokens


def marked(typed: str, text: str) -> list[str]:
    return [part.text for part in Query.typed(typed).excerpt(text) if part.marked]


def fits(typed: str, *texts: str) -> bool:
    return Query.typed(typed).best_of(texts) is not None


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("退货", {"退", "货", "退货"}),
        ("什么时候发货？", {"什", "么", "时", "候", "发", "货", "什么", "么时", "时候", "候发", "发货"}),
        ("亲", {"亲"}),
        ("A款iPhone15有吗", {"a", "款", "iphone15", "有", "吗", "有吗"}),
        ("Where is MY order_no 42?", {"where", "is", "my", "order", "no", "42"}),
        ("ＶＩＰ　会员", {"vip", "会", "员", "会员"}),
        ("カタカナ 한국어", {"カ", "タ", "ナ", "カタ", "タカ", "カナ", "한", "국", "어", "한국", "국어"}),
        ("Straße Ελλάδα", {"strasse", "ελλάδα"}),
        ("𠮷野家", {"𠮷", "野", "家", "𠮷野", "野家"}),
        ("😀 … \x00 \ud800 '\"§%_", set()),
        ("", set()),
    ],
)
def test_words_are_whole_and_characters_come_alone_and_in_pairs(text, tokens):
    assert text_tokens([text]) == tokens


def test_a_pair_does_not_span_two_turns_nor_a_sign():
    assert not {"货好", "好的呢"} & text_tokens(["发货", "好，的"])
    assert "好的" not in text_tokens(["好，的"])


def test_no_token_has_a_sign_that_an_index_reads():
    signs = "".join(map(chr, range(0x250))) + "“”‘’（）"
    assert all(token.isalnum() for token in text_tokens([f"a{sign}发{sign}货" for sign in signs]))


def test_a_very_long_dialogue_is_read_up_to_a_limit():
    texts = ["长" * READ_MOST, "之后"]
    assert text_tokens(texts) == {"长", "长长"}
    assert max(map(len, text_tokens(["x" * 5000]))) == 40


def test_folding_forgets_case_and_width_alone():
    assert fold("ＡbC１，退貨") == "abc1,退貨"
    assert fold("STRASSE") == fold("straße")


def test_beginnings_have_three_to_six_characters():
    assert beginnings("ordering") == ["§ord", "§orde", "§order", "§orderi"]
    assert beginnings("my") == beginnings("退货") == []


def test_where_a_dialogue_is_from_is_no_word():
    found = facets(dataset=12, split="test", language="zh")
    assert found == ("§§d12", "§§stest", "§§lzh")
    assert facets(split="", dataset=None) == ()
    assert not set(found) & text_tokens(["d12 test zh §§d12 §§stest"])


@pytest.mark.parametrize(
    ("typed", "words", "begun"),
    [
        ("发货", ["发货"], ""),
        ("货", ["货"], ""),
        ("什么时候", ["什么", "么时", "时候"], ""),
        ("return pol", ["return"], "pol"),
        ("Return, my", ["return", "my"], ""),
        ("iphone15有货", ["iphone15", "有货"], ""),
        ("order order", [], "order"),
        ("🎁!? -- ''", [], ""),
    ],
)
def test_what_the_index_is_asked_for(typed, words, begun):
    query = Query.typed(typed)
    assert (query.words, query.begun) == (words, begun)


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "a AND b OR NOT c",
        "NEAR(a b, 3)",
        "tokens:x",
        "^x*",
        "'); DROP TABLE x; --",
        "a & !b | (c:*)",
        "\\",
        "\ud800",
    ],
)
def test_what_an_index_would_read_as_an_operator_is_words_or_nothing(typed):
    query = Query.typed(typed)
    assert all(token.isalnum() for token in [*query.words, query.begun or "x"])


def test_of_ten_thousand_characters_the_first_count():
    query = Query.typed("".join(f"词{i} " for i in range(3000)))
    assert len(query.terms) == TERMS_MOST


def test_characters_stand_together_and_words_are_whole_but_the_last():
    assert fits("时候发货", "什么时候发货呀")
    assert not fits("时候发货", "什么时候", "发货")
    assert not fits("候发时", "时候发")
    assert fits("时候 发货", "什么时候", "已发货")
    assert fits("refund ord", "The refund of my Orders")
    assert not fits("ord refund", "The refund of my Orders")
    assert not fits("my", "mystery")
    assert fits("ＶＩＰ会员", "我是vip会员吗")
    assert fits("ring", "a ring") and not fits("ring", "ordering")


def test_the_turn_with_the_most_terms_is_shown_the_first_of_several():
    query = Query.typed("发货 退款")
    assert query.best_of(["你好", "发货了", "退款和发货", "发货后退款"]) == 2
    assert query.best_of(["你好", "发货了"]) is None
    assert query.best_of([]) is None


def test_matches_are_marked_where_they_stand_as_they_were_written():
    assert marked("发货", "何时发货？已发货。") == ["发货", "发货"]
    assert marked("vip", "我是ＶＩＰ") == ["ＶＩＰ"]
    assert marked("strasse 1", "STRAßE 1") == ["STRAßE", "1"]
    assert marked("时候发 发货", "什么时候发货") == ["时候发货"], "matches that overlap are one"


def test_of_a_long_turn_the_surroundings_of_the_first_match_are_shown():
    parts = Query.typed("发货").excerpt("前" * 500 + "发货" + "后" * 500)
    assert [part.text for part in parts if part.marked] == ["发货"]
    assert parts[0].text == parts[-1].text == "…"
    assert len("".join(part.text for part in parts)) == SHOWN + 2


def test_all_parts_together_are_the_text():
    for text in ("何时发货？已发货。", "发货", "", "没有"):
        assert "".join(part.text for part in Query.typed("发货").excerpt(text)) == text


def test_an_accent_that_was_copied_apart_is_one_letter():
    assert Query.typed("cafe\u0301").terms == Query.typed("caf\u00e9").terms == ("caf\u00e9",)
