"""Characters that a database or a page can hold."""

from __future__ import annotations


def whole_characters(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD and without NUL."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
