"""Which encoding a file is in, and its text."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from charset_normalizer import from_bytes

ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "shift_jis", "windows-1252")
"""Those that a person may choose; a file is read in any that is guessed."""

SAMPLE = 256 * 1024
FEW = 0.1  # of the lines: a text with fewer undecodable ones is in that encoding, with broken lines
BROKEN = "\udc80"  # stands for bytes that cannot be decoded; no file in Unicode has it

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BROKEN, error.end


codecs.register_error("mark-broken", _mark)


def guessed(sample: bytes) -> str:
    """The most likely encoding of a file that begins with `sample`, which may end inside a character."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    if _decodes(sample, "utf-8"):
        return "utf-8"
    if sample.count(b"\x00") > len(sample) // 8:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    lines = sample.split(b"\n")[:-1] or [sample]
    if sum(not _decodes(line, "utf-8") for line in lines) <= FEW * len(lines):
        return "utf-8"
    if _decodes(sample, "gb18030") and _reads_as_chinese(sample):
        return "gb18030"
    best = from_bytes(sample[: SAMPLE // 8]).best()
    return best.encoding if best else "utf-8"


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_chinese(sample: bytes) -> bool:
    """Whether most of what is not ASCII are common Chinese characters and punctuation.

    Nearly any bytes are some text in GB18030; what GB 2312 had already is what people write.
    """
    text = codecs.getincrementaldecoder("gb18030")().decode(sample)
    foreign = [char for char in text if char > "\x7f"]
    common = sum("\u4e00" <= char <= "\u9fa5" or char in "，。！？：；（）、“”…—～《》【】￥" for char in foreign)
    return common > 0.9 * len(foreign)


def as_text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text, in which only a line feed ends a line; `BROKEN` stands for what cannot be decoded."""
    return io.TextIOWrapper(file, encoding=encoding, errors="mark-broken", newline="\n")
