"""A text as somebody would read it out: digits for keycaps, circled digits, numerals and words, nothing invisible."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .spans import Span

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
_MARKS = "\u0300-\u036f\u20d0-\u20ff"  # what is drawn over or around the character before, such as a keycap
_MARK = re.compile(f"[\ufe00-\ufe0f{_MARKS}]")
_UNSEEN = re.compile(f"[{_INVISIBLE}{_MARKS}]")

_NUMERALS = dict(
    zip("零〇一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖洞拐勾", "001234567891122334566789079", strict=True)
)
_WORDS = dict(
    zip(
        ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        "00123456789",
        strict=True,
    )
)
_TIMES = {"double": 2, "triple": 3}


def _drawn_digits() -> dict[str, str]:
    """Characters that are a digit with a circle, brackets or a full stop; superscripts are footnotes and powers."""
    ranges = ((0x2460, 0x24FF), (0x2776, 0x2793), (0x1F100, 0x1F10C))
    drawn = {chr(code) for first, last in ranges for code in range(first, last + 1)}
    digits = {char: str(unicodedata.digit(char)) for char in drawn if unicodedata.digit(char, None) is not None}
    return digits | dict(zip("㊀㊁㊂㊃㊄㊅㊆㊇㊈", "123456789", strict=True))


_SIGNS = _drawn_digits() | _NUMERALS
_SIGN = "".join(_SIGNS)
_WORD = rf"(?<![a-z])(?:(?:double|triple) )?(?:{'|'.join(_WORDS)})(?![a-z])"
_UNIT = rf"(?:[0-9{_SIGN}]|{_WORD})"
_GAP = "[ ,-]{0,3}"
_RUN = re.compile(rf"{_UNIT}(?:{_GAP}{_UNIT}){{4,}}", re.I)
_PIECE = re.compile(rf"{_WORD}|.", re.I)
_SIGNED = re.compile(rf"[{_SIGN}]")
_SIGNED_RUN = re.compile(rf"[0-9{_SIGN}](?:{_GAP}[0-9{_SIGN}]){{4}}")
_PARTED_RUN = re.compile(r"(?<![0-9])[0-9](?:[ -]{1,3}[0-9]){4}")
_LATIN = re.compile(r"[A-Za-z]{2}")
_SPOKEN_RUN = re.compile(rf"{_WORD}(?:{_GAP}{_UNIT}){{4}}", re.I)
_ONE_WORD = re.compile(_WORD, re.I)
_EACH_ALONE = re.compile(rf"[0-9{_SIGN}](?:[ -]+[0-9{_SIGN}])*")
_TOGETHER = re.compile(rf"[0-9{_SIGN}]{{2}}")


@dataclass(frozen=True)
class View:
    """Another spelling of a text: character `i` of it stands for `starts[i]` to before `ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def in_original(self, span: Span) -> Span:
        """The span of `text` where it is in the original."""
        return replace(span, start=self.starts[span.start], end=self.ends[span.end - 1])


def read_out(text: str, folded: str) -> View | None:
    """The text, folded, without invisible characters, its runs of five or more written-out digits as plain digits; None
    where it would be the same as folded alone. Linear.

    A numeral alone stays: 一 is also a word. A run keeps the gaps between groups and loses those between digits:
    一三八 零零一三 is 138 0013, and so is "one three eight, zero zero one three".
    """
    if not _may_differ(text, folded):
        return None
    view = _with_plain_runs(_without_unseen(text, folded))
    return None if view.text == folded else view


def _may_differ(text: str, folded: str) -> bool:
    if not text.isascii() and (_UNSEEN.search(text) or (_SIGNED.search(folded) and _SIGNED_RUN.search(folded))):
        return True
    return bool(_PARTED_RUN.search(folded) or (_LATIN.search(folded) and _SPOKEN_RUN.search(folded)))


def _without_unseen(text: str, folded: str) -> View:
    """A removed mark belongs to the character that it is drawn on."""
    kept = [index for index, char in enumerate(text) if not _UNSEEN.match(char)]
    followers = [*kept[1:], len(text)][: len(kept)]
    ends = [
        end if _UNSEEN.match(text, index + 1) and _MARK.match(text, end - 1) else index + 1
        for index, end in zip(kept, followers, strict=True)
    ]
    return View("".join(folded[index] for index in kept), kept, ends)


def _with_plain_runs(view: View) -> View:
    pieces: list[tuple[str, int, int]] = []  # a character, and where it stands in the view
    last = 0
    for run in _RUN.finditer(view.text):
        pieces += _as_they_are(view.text, last, run.start())
        pieces += _read_run(run[0], run.start())
        last = run.end()
    pieces += _as_they_are(view.text, last, len(view.text))
    text = "".join(char for char, _, _ in pieces)
    return View(text, [view.starts[start] for _, start, _ in pieces], [view.ends[end - 1] for _, _, end in pieces])


def _as_they_are(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    return [(text[index], index, index + 1) for index in range(start, end)]


def _read_run(run: str, offset: int) -> list[tuple[str, int, int]]:
    bare, words = _ONE_WORD.subn("1", run)
    gaps = _gaps(bare, spoken=words > 0)
    pieces: list[tuple[str, int, int]] = []
    for match in _PIECE.finditer(run):
        unit = match[0].lower()
        for char in _spoken(unit) if len(unit) > 1 else gaps.get(unit, _SIGNS.get(unit, unit)):
            pieces.append((char, offset + match.start(), offset + match.end()))
    return pieces


def _spoken(unit: str) -> str:
    """The digits of words such as "one" and "double one"."""
    *times, word = unit.split(" ")
    return _WORDS[word] * (_TIMES[times[0]] if times else 1)


def _gaps(bare: str, *, spoken: bool) -> dict[str, str]:
    """What the gaps of a run become: nothing where they stand between any two digits and so part no groups."""
    if _EACH_ALONE.fullmatch(bare):
        return {" ": "", "-": ""}
    return {",": " ", " ": "", "-": ""} if spoken and not _TOGETHER.search(bare) else {}
