"""Which encoding a file is in, and its text."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from charset_normalizer import from_bytes

ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "shift_jis", "windows-1252")
"""Those that a person may choose on the page; a file is read in any that is guessed or named to the command."""

SAMPLE = 256 * 1024
FEW = 0.3  # of the characters that are not ASCII: a text with fewer broken ones is in that encoding, with broken lines
BROKEN = "\udc80"  # stands for bytes that cannot be decoded; no file in Unicode has it

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BROKEN, error.end


codecs.register_error("mark-broken", _mark)


def is_known(encoding: str) -> bool:
    """Whether text can be read in it; some names of Python's are no encodings of text."""
    try:
        return b"ab".decode(encoding, "mark-broken") != "" and bool(codecs.getincrementaldecoder(encoding))
    except (LookupError, ValueError):
        return False


def with_mark(encoding: str, sample: bytes) -> str:
    """The encoding in the form that skips the mark, or needs none, as a file has or lacks it that begins so."""
    name = codecs.lookup(encoding).name
    family = "-".join(name.split("-")[:2])
    without = {"utf-16": _utf16(sample) or "utf-16-le", "utf-32": "utf-32-le"}.get(name, encoding)
    marked = (form for mark, form in _MARKS.items() if sample.startswith(mark) and form.startswith(family))
    return next(marked, without)


def guessed(sample: bytes) -> str:
    """The most likely encoding of a file that begins with `sample`, which may end inside a character."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    utf16 = _utf16(sample)
    broken = broken_share(sample, "utf-8")
    if utf16 and (broken or max(sample[::2].count(0), sample[1::2].count(0)) > FEW * len(sample) / 2):
        return utf16
    if broken <= FEW:
        return "utf-8"
    if _reads_as_chinese(sample):
        return "gb18030"
    best = from_bytes(sample[: SAMPLE // 8]).best()
    return best.encoding if best else "utf-8"


def broken_share(sample: bytes, encoding: str) -> float:
    """Of the characters that are not ASCII, the share that cannot be decoded, in [0, 1]."""
    text = codecs.getincrementaldecoder(encoding)("mark-broken").decode(sample)
    foreign = sum(char > "\x7f" for char in text)
    return text.count(BROKEN) / foreign if foreign else 0.0


def _utf16(sample: bytes) -> str:
    """UTF-16 without a mark: the high bytes of ASCII are zero, of line breaks and digits at least; else empty."""
    low, high = sample[::2].count(0), sample[1::2].count(0)
    for name, zeros, others in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        if zeros > 0.03 * len(sample) / 2 and zeros > 4 * others and not broken_share(sample, name):
            return name
    return ""


def _reads_as_chinese(sample: bytes) -> bool:
    """Whether it is text in GB18030, most of it punctuation and frequent characters.

    Nearly any bytes are some text in GB18030; but only what is meant so are mostly the 3,755 characters of the first
    level of GB 2312, which are what people write.
    """
    text = codecs.getincrementaldecoder("gb18030")("mark-broken").decode(sample)
    foreign = [char for char in text if char > "\x7f" and char not in "\ufffd"]
    frequent = sum(char != BROKEN and _is_frequent(char.encode("gb18030")) for char in foreign)
    return frequent > 0.7 * len(foreign)


def _is_frequent(code: bytes) -> bool:
    row = code[0]
    return len(code) == 2 and code[1] >= 0xA1 and (row in (0xA1, 0xA3) or 0xB0 <= row <= 0xD7)


def as_text(file: BinaryIO, encoding: str, newline: str = "\n") -> io.TextIOWrapper:
    """The file as text, in which only a line feed ends a line (or what `newline` says, as for `open`).

    `BROKEN` stands for what cannot be decoded.
    """
    return io.TextIOWrapper(file, encoding=encoding, errors="mark-broken", newline=newline)
