"""Attributes of an element with a text that a customer, the shop or a model wrote, in whatever language."""

import re

from django import template
from django.utils.html import format_html

from ecc_site.core.language import Language
from serving.runtimes.language import language_of

_LETTER = re.compile(r"[^\W\d_]")
_ELSEWHERE = re.compile(r"[\u0370-\u1cff\u3040-\u31ff\uac00-\ud7ff]")  # Greek to Vedic, kana, Hangul

register = template.Library()


@register.simple_tag
def written(text: str) -> str:
    """`lang` by the script of the text, empty where that says nothing, so that a screen reader and the choice of
    glyphs do not go by the language of the page; `dir` as its first letter has it."""
    return format_html(' lang="{}" dir="auto"', _language(text))


def _language(text: str) -> str:
    elsewhere, letters = len(_ELSEWHERE.findall(text)), len(_LETTER.findall(text))
    if elsewhere * 4 > letters:  # a few letters may be a brand's, as in 吉の家
        return ""
    language = language_of([text])
    return "" if language == Language.OTHER else language
