"""Attributes of an element with a text that a customer, the shop or a model wrote, in whatever language."""

from django import template
from django.utils.html import format_html

from ecc_site.core.language import Language
from serving.runtimes.language import language_of

register = template.Library()


@register.simple_tag
def written(text: str) -> str:
    """`lang` by the script of the text, empty where that says nothing, so that a screen reader and the choice of
    glyphs do not go by the language of the page; `dir` as its first letter has it."""
    language = language_of([text])
    return format_html(' lang="{}" dir="auto"', "" if language == Language.OTHER else language)
