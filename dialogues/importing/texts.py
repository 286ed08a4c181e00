"""What a file says, as texts that every database and page can hold. No Django."""

from __future__ import annotations

from decimal import Decimal
from math import isnan

PLAIN = (str, int, float, Decimal, type(None))


def storable(text: str) -> str:
    """The text with U+FFFD for what no database stores: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")


def is_plain(value: object) -> bool:
    """Whether a value of JSON or of a table is nothing, a text or a number."""
    return isinstance(value, PLAIN) and not isinstance(value, bool)


def plain(value: object) -> str:
    """The value as it is read on a screen: a whole number without a point, and nothing as an empty text."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(".0") if isinstance(value, Decimal) else str(value)
