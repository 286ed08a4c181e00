"""Texts of customers, of the shop and of models say which language they are in, whatever that of the page."""

import re

import pytest
from django.conf import settings

from serving.templatetags.written import written

HOLDS_A_TEXT = re.compile(r'class="[^"<>]*\b(?:said|reply)\b[^"<>]*"([^<>]*)>(?:<a [^<>]*>)?\{\{')


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("什么时候发货？", "zh"),
        ("吉の家在哪里", "zh"),
        ("Where is it?", "en"),
        ("Где мой iPhone?", ""),
        ("ご注文の商品はいつ届きますか", ""),
        ("안녕하세요 A/S", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_an_element_has_the_language_of_its_text_by_script(text, lang):
    assert written(text) == f' lang="{lang}" dir="auto"'


def test_every_element_that_holds_what_was_said_or_answered_says_so():
    holders = {
        (file.name, match[0]): match[1]
        for file in (settings.BASE_DIR / "templates").rglob("*.html")
        for match in HOLDS_A_TEXT.finditer(file.read_text())
    }
    assert len(holders) > 20
    assert [holder for holder, attributes in holders.items() if "{% written " not in attributes] == []
