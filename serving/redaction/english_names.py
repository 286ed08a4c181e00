"""Names of people in English text: after a title, a field word, or "my name is"."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "name"

_WORD = r"[A-Z][A-Za-z'’-]{0,24}"
_INITIAL = r"(?:[A-Z]\. ?)"
_NAME = rf"{_INITIAL}{{0,2}}{_WORD}(?: (?:{_INITIAL}|van |von |de |del |la |al-|O'|bin ){{0,2}}{_WORD}){{0,3}}"
_TITLED = re.compile(
    rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|MR|MRS|MS|Sir|Madam|Mister)(?:\.\s?|\s)({_NAME})"
)
_FIELD = re.compile(
    r"(?<![A-Za-z])(?:(?i:(?:customer|full|first|last|family|given|middle|buyer|user|recipient|consignee|receiver|contact|cardholder"
    r"|card\sholder|account\sholder|shipping|delivery|billing|sender)(?:'s)?\s?name|name\son\s(?:the\s)?(?:card|order|account)"
    r"|recipient|consignee|receiver|card\s?holder|addressee|contact\sperson|name|attn|attention|deliver(?:ed)?\sto|ship(?:ped)?\sto|signed\sby|sender)"
    rf"\s?(?:[:=]|\bis\b)\s?|attn\.? )({_NAME})"
)
_LOWER = r"[A-Za-z][A-Za-z'’-]{1,24}"
_MY_NAME = re.compile(
    rf"(?<![a-z])(?:my\s(?:full\s|first\s|last\s)?name(?:\sis|'s|’s|:)|i\sam\s(?:called|named)"
    rf"|call\sme|name's)\s({_LOWER}(?: {_LOWER})?(?: {_LOWER})?)",
    re.I,
)
_I_AM = re.compile(
    rf"(?<![A-Za-z])(?:I am|I'm|I’m|[Ii]t's|[Tt]his is|i am|i'm) ((?:{_WORD}) (?:{_INITIAL})?(?:{_WORD}))(?![A-Za-z])"
)
_SPEAKING = re.compile(
    rf"(?<![A-Za-z])(?:[Tt]his is|I am|I'm|I’m) ({_WORD})(?=(?:,? (?:here|speaking|from|again)\b)|[.,!] ?(?:I|My|my|$))"
)
_SIGNED = re.compile(rf"(?:[Rr]egards|[Ss]incerely|[Cc]heers|[Tt]hanks|[Tt]hank you),?\s?\n\s?({_NAME})(?=\s*(?:$|\n))")
_DEAR = re.compile(rf"(?<![A-Za-z])Dear ({_WORD}(?: {_WORD})?)(?=\s?[,:!\n])")
_WORDS = (
    "martens pepper dre clean coffee bronner oetker meyers seuss",  # Dr. Martens: brands
    "a an the and or but not no so very really just also still here there sorry happy glad sure afraid",
    "trying looking waiting using sir madam customer customers seller sellers buyer team support service",
    "friend friends all everyone agent manager valued member prime plus vip new old your my our his her",
    "its their this that it is was on in at to for with from of i im chinese american british canadian",
    "indian french german spanish monday tuesday wednesday thursday friday saturday sunday january",
    "february march april may june july august september october november december amazon apple google",
    "samsung huawei order address phone email number please help what who where wrong unknown required",
    "missing same below above back asap when if because calling writing having getting going good great",
    "interested disappointed ok okay yes hello hi hey n/a na none correct incorrect different spelled",
    "misspelled tomorrow today later black white red blue green size large small medium free shipping",
    "delivery",
)
_NO_NAME = frozenset(word for line in _WORDS for word in line.split(" "))


def find(text: str) -> Iterator[Span]:
    """Names of a folded text, without their titles. A capitalised word alone stays: it may be a brand."""
    for pattern in (_TITLED, _FIELD, _MY_NAME, _I_AM, _SPEAKING, _SIGNED, _DEAR):
        for match in pattern.finditer(text):
            length = _length(match[1])
            if length:
                yield Span(KIND, match.start(1), match.start(1) + length, Strength.SHAPED)


def _length(name: str) -> int:
    """Characters of `name` up to the first word that is in no name."""
    length = 0
    for word in re.finditer(r"[^ ]+", name):
        if word[0].lower().rstrip(".,") in _NO_NAME:
            break
        length = word.end()
    return length
