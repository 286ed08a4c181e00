"""Sentences one after the other: with a space between them, or without where the language has none."""

from collections.abc import Sequence
from functools import reduce

from django.utils.translation import gettext as _


def in_a_row(sentences: Sequence[str]) -> str:
    """Empty where there are none."""
    return reduce(_followed, sentences) if sentences else ""


def _followed(said: str, sentence: str) -> str:
    return _("%(said)s %(sentence)s") % {"said": said, "sentence": sentence}
