"""E-mail addresses."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "email"

_LATIN = r"A-Za-zÀ-ÖØ-öø-ɏ\u1e00-\u1eff"
_ANY = rf"{_LATIN}\u0370-\u0373\u0376-\u03ff\u0400-\u052f"  # Greek and Cyrillic; Chinese may touch an address


def _local(letter: str) -> re.Pattern[str]:
    return re.compile(rf"[{letter}0-9_](?:[{letter}0-9._%+-]{{0,62}}[{letter}0-9_+-])?$")


def _domain(letter: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:[{letter}0-9](?:[{letter}0-9-]{{0,61}}[{letter}0-9])?\.){{1,8}}"
        rf"(?:xn--[A-Za-z0-9-]{{1,58}}[A-Za-z0-9]|[{letter}]{{2,24}})(?![{letter}])"
    )


_LOCAL, _DOMAIN = _local(_LATIN), _domain("A-Za-z")
# With the dot of a Chinese keyboard, only where there is none other: that one also ends a sentence.
_WIDE_DOMAIN = re.compile(_DOMAIN.pattern.replace(r"\.", "[.。｡]"))
_FOREIGN_LOCAL, _FOREIGN_DOMAIN = _local(_ANY), _domain(_ANY)
_LETTER = re.compile(rf"[{_ANY}]")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.I)


def find(text: str) -> Iterator[Span]:
    """E-mail addresses of a folded text. Chinese characters may touch them on either side."""
    at = text.find("@")
    while at >= 0:
        # From each @ outwards: at most 64 characters back, one domain forward.
        before = text[max(0, at - 64) : at]
        local = _LOCAL.search(before)
        domain = _DOMAIN.match(text, at + 1) or _WIDE_DOMAIN.match(text, at + 1)
        if not domain:
            local, domain = _FOREIGN_LOCAL.search(before), _FOREIGN_DOMAIN.match(text, at + 1)
            local = local if local and _LETTER.search(local[0]) else None  # 5@кг.за 100 is a price
        if local and domain and not _PICTURE.search(domain[0]):
            yield Span(KIND, at - len(local[0]), domain.end(), Strength.CERTAIN)
        at = text.find("@", at + 1)
