"""The steps that clean what one person said."""

import re
import unicodedata

_CONTROL = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = "\u200c\u200d"
# Between two visible characters a joiner makes an emoji of several or a Persian word: there it stays.
_LOOSE_JOINER = re.compile(f"(?:^|(?<=[\\s{_JOINERS}]))[{_JOINERS}]+|[{_JOINERS}]+(?=[\\s{_JOINERS}]|$)")
# JD masks numbers, those of its own emoticons too.
_EMOTICON = re.compile(r"#E-[a-zA-Z]{0,2}(?:[0-9]{1,4}|\[数字x\])|/:[a-zA-Z0-9@~&*^$<>()!_-]{2,3}(?![a-zA-Z0-9/])")
_SPACES = re.compile(r"[ \t\u3000\xa0]+")
_BREAKS = re.compile(r" ?[\r\n\x0b\x0c\x85\u2028\u2029][ \r\n\x0b\x0c\x85\u2028\u2029]*")

# Full-width punctuation is how Chinese is written, so it is no other form of anything.
_PUNCTUATION = "！（），：；？～…—·“”‘’"
_KEPT = {ord(char): chr(0xE000 + i) for i, char in enumerate(_PUNCTUATION)}
_BACK = {0xE000 + i: char for i, char in enumerate(_PUNCTUATION)}
_PRIVATE = re.compile("[\ue000-\ue0ff]")
_DRAWN = re.compile(".\ufe0f")  # a sign that is drawn as an emoji


def without_control_characters(text: str) -> str:
    """Without control characters, byte order marks, and marks that turn the direction of writing.

    Joiners (U+200C, U+200D) between two visible characters stay: without them an emoji falls apart, and Persian is
    misspelt.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROL.sub("", text)
    return _LOOSE_JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text


def in_one_form(text: str) -> str:
    """In Unicode's NFKC: full-width letters and digits become plain ones; full-width punctuation and emoji stay."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    if _PRIVATE.search(text):  # nobody else's use of these is disturbed
        return unicodedata.normalize("NFC", text)
    if "\ufe0f" in text:
        return _around_emoji(text)
    return unicodedata.normalize("NFKC", text.translate(_KEPT)).translate(_BACK)


def _around_emoji(text: str) -> str:
    """Each part between two emoji in one form, and the emoji as they are."""
    parts: list[str] = []
    last = 0
    for drawn in _DRAWN.finditer(text):
        parts += in_one_form(text[last : drawn.start()]), drawn[0]
        last = drawn.end()
    return "".join([*parts, in_one_form(text[last:])])


def without_emoticon_codes(text: str) -> str:
    """Without the codes that chat programs write for pictures: `#E-s21` of JD, `/:^_^` of Taobao."""
    return _EMOTICON.sub("", text) if "#E-" in text or "/:" in text else text


def without_needless_spaces(text: str) -> str:
    """Without spaces at the edges of lines, repeated spaces and empty lines; every line break is `\\n`."""
    if text.isprintable() and "  " not in text and text.strip() == text:
        return text  # no line break, tab or wide space: those are not printable
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip(" \n")
