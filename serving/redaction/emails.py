"""E-mail addresses."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "email"

_LETTER = "A-Za-zÀ-ÖØ-öø-ˁ\u0370-\u0373\u0376-\u03ff\u0400-\u052f"  # Latin, Greek, Cyrillic: not what may touch it
_LOCAL = re.compile(rf"[{_LETTER}0-9_](?:[{_LETTER}0-9._%+-]{{0,62}}[{_LETTER}0-9_+-])?$")
_DOMAIN = re.compile(
    rf"(?:[{_LETTER}0-9](?:[{_LETTER}0-9-]{{0,61}}[{_LETTER}0-9])?\.){{1,8}}"
    rf"(?:xn--[A-Za-z0-9-]{{1,58}}[A-Za-z0-9]|[{_LETTER}]{{2,24}})(?![{_LETTER}])"
)
# With the dot of a Chinese keyboard, only where there is none other: that one also ends a sentence.
_WIDE_DOMAIN = re.compile(_DOMAIN.pattern.replace(r"\.", "[.。｡]"))
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.I)


def find(text: str) -> Iterator[Span]:
    """E-mail addresses of a folded text. Chinese characters may touch them on either side."""
    at = text.find("@")
    while at >= 0:
        # From each @ outwards: at most 64 characters back, one domain forward.
        local = _LOCAL.search(text[max(0, at - 64) : at])
        domain = _DOMAIN.match(text, at + 1) or _WIDE_DOMAIN.match(text, at + 1)
        if local and domain and not _PICTURE.search(domain[0]):
            yield Span(KIND, at - len(local[0]), domain.end(), Strength.CERTAIN)
        at = text.find("@", at + 1)
