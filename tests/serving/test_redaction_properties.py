"""What holds for any text, whatever stands in it."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction_vectors import own
from serving.redaction import Redactor, redact
from serving.redaction.folding import fold
from serving.redaction.reading import read_out

VALUES = sorted({value for _, _, value in own.vectors()} | {text for _, texts in own.SPLIT for text in texts})
FRAGMENTS = st.sampled_from(
    [*VALUES, *own.ODD_PHONES, *"收货人姓名地址先生微信号订单[]【】 -,，\n\u200b\ufe0f\u20e3", "[PHONE_1]", "one "]
)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=12)
TEXTS = st.lists(st.one_of(FRAGMENTS, ANYTHING), max_size=8).map("".join)
WITHOUT_A_STORE = settings(deadline=None, database=None, max_examples=200)


@WITHOUT_A_STORE
@given(st.lists(TEXTS, max_size=5))
def test_a_conversation_comes_back_as_it_was(texts):
    redactor = Redactor()
    redacted = redactor.redact_all(texts)
    assert [redactor.restore(redaction.text) for redaction in redacted] == texts
    assert [one.restore(one.text) for one in redacted] == texts


@WITHOUT_A_STORE
@given(TEXTS)
def test_what_is_found_lies_in_the_text_in_order_and_apart(text):
    found = redact(text).found
    assert all(one.value == text[one.start : one.end] != "" for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@WITHOUT_A_STORE
@given(TEXTS)
def test_reading_out_keeps_the_place_of_every_character(text):
    view = read_out(text, fold(text))
    if view is not None:
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
        assert list(view.starts) == sorted(view.starts)
