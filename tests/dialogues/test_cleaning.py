import pytest

from dialogues.importing.cleaning import clean
from serving.runtimes.language import language_of


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  在吗　 ", "在吗"),
        ("a\u200bb\u202ec", "abc"),
        ("one\r\n\n  two", "one\ntwo"),
        ("cafe\u0301", "café"),
        ("[订单x] #E-s21", "[订单x]"),
    ],
)
def test_it_removes_what_nobody_sees_and_keeps_every_word(raw, cleaned):
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["什么时候发货"], "zh"),
        (["iPhone 15 Pro Max 有货吗 在吗"], "zh"),
        (["where is my parcel"], "en"),
        (["[订单x]", "where is it"], "en"),
        (["10002345678", "???"], "other"),
        (["Где посылка"], "other"),
    ],
)
def test_the_language_is_told_by_script(texts, language):
    assert language_of(texts) == language
