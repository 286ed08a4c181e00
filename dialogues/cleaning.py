"""Cleans the raw text for models and people to read. No Django."""

import re
import unicodedata

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x01-\x08\x0b-\x1f\x7f]")
SPACES = re.compile(r"[ \t\u3000\xa0]+")


def clean(text: str) -> str:
    """The text in Unicode's NFC without invisible characters, repeated spaces and empty lines; words are untouched."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    lines = (SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
