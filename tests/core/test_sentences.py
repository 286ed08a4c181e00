"""Sentences one after the other."""

import pytest
from django.utils import translation

from ecc_site.core.sentences import in_a_row

PERCENT = "%(x)s."


@pytest.mark.parametrize(
    ("sentences", "said"), [([], ""), (["One."], "One."), (["One.", "Two.", PERCENT], f"One. Two. {PERCENT}")]
)
def test_a_space_is_between_them(sentences, said):
    assert in_a_row(sentences) == said


def test_chinese_has_none():
    with translation.override("zh-hans"):
        assert in_a_row(["第一句。", "第二句。"]) == "第一句。第二句。"
