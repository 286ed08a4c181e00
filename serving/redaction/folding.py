"""One spelling for the many ways of typing a digit, a space or a hyphen."""

import unicodedata

_SPACES = "\t\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\u30fc"


def _table() -> dict[int, str]:
    table = {ord(char): " " for char in _SPACES + _INVISIBLE}
    table |= {ord(char): "-" for char in _HYPHENS}
    table |= {0xFF01 + offset: chr(0x21 + offset) for offset in range(94)}
    for code in range(0x80, 0x20000):  # behind them are only ideographs, and what is not seen
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            table[code] = str(digit)
    return table


_TABLE = _table()


def fold(text: str) -> str:
    """`text` with ASCII digits, letters, punctuation, spaces and hyphens for their
    full-width and other Unicode forms.

    One character for one character, so an offset into the result is an offset into `text`.
    """
    return text.translate(_TABLE)
