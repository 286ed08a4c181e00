"""Markdown that people of the shop write, as HTML. What is HTML in it is shown as text, and it has no images."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()
RENDERER = MarkdownIt("commonmark", {"html": False}).disable("image")


@register.filter
def markdown(text: str) -> SafeString:
    return mark_safe(RENDERER.render(text))
