"""What the index has of a dialogue: words, and of Chinese, Japanese and Korean every character and pair of characters.

Most Chinese words have two characters, and no space divides them. No Django.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from operator import add

IDEOGRAPHS = (
    "\u3005\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
RUN = re.compile(r"[^\W_]+")  # letters and digits of any script
PART = re.compile(f"[{IDEOGRAPHS}]+|[^\\W_{IDEOGRAPHS}]+")
IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")
WORD_MOST = 40  # of a longer word the beginning counts
READ_MOST = 80_000  # characters of a dialogue: PostgreSQL stores no more than a megabyte of different tokens
BEGINNINGS = range(3, 7)  # characters of a word that has been begun; a shorter one is looked for as it is
MARK = "§"  # begins what is no word of the text, so that no typed word means it


class _Folding(dict[int, str]):
    """Every character without case and width; `str.translate` reads it, and it learns what it is asked."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = unicodedata.normalize("NFKC", chr(code)).casefold()
        return folded


FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as it is compared: without case and width. A character may become several."""
    if text.isascii():
        return text.lower()
    if unicodedata.is_normalized("NFKC", text):
        return text.casefold()
    return text.translate(FOLDING)


def text_tokens(texts: Iterable[str]) -> set[str]:
    """The tokens of what was said in a dialogue."""
    found: set[str] = set()
    for part in PART.findall(fold("\n".join(texts)[:READ_MOST])):
        if is_ideographic(part):
            found.update(part)
            found.update(map(add, part, islice(part, 1, None)))
        else:
            found.add(part[:WORD_MOST])
    return found


def as_tokens(texts: Iterable[str]) -> str:
    """The tokens of what was said in a dialogue, with spaces between: none of them has one."""
    return " ".join(text_tokens(texts))


def is_ideographic(part: str) -> bool:
    """Whether a match of PART is of a script without spaces."""
    return IDEOGRAPH.match(part) is not None


def beginnings(token: str) -> list[str]:
    """Tokens that stand for a word's first characters, for an index that cannot look for them by itself."""
    return [] if token[0] == MARK else [MARK + token[:n] for n in BEGINNINGS if n <= len(token)]


@lru_cache(maxsize=1_000)
def facets(*, dataset: int | None = None, split: str = "", language: str = "") -> tuple[str, ...]:
    """Tokens for where a dialogue is from; those that are empty are left out."""
    named = {"d": dataset, "s": split, "l": language}
    return tuple(f"{MARK}{MARK}{name}{value}" for name, value in named.items() if value)
