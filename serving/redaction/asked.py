"""A name that is the whole answer to a question for it: 怎么称呼? 张伟."""

import re
from collections.abc import Sequence
from itertools import pairwise

from .chinese_names import KIND
from .spans import Span, Strength
from .surnames import GIVEN, SURNAME

_ASKED = re.compile(
    r"(?:贵姓|怎么称呼|如何称呼|(?:姓名|名字|(?:收货|收件|联系)人)(?:是|叫|发|给|说|提供|告诉|多少|什么|谁|您|[?:呢吗一下]){0,6})[^\w]{0,4}$"
    r"|(?<![a-z])(?:your|full|the|account\sholder'?s?)\s(?:full\s|first\s|last\s)?name\b[^.!?]{0,30}\?\s*$",
    re.I,
)
_MAY_ASK = re.compile("[姓称名人]|[Nn][Aa][Mm][Ee]")  # in every text in which _ASKED is found, and quicker to look for
_ANSWER = re.compile(
    rf"[\s]{{0,3}}(?:我?叫|我?姓|是)?({SURNAME}{GIVEN}{{0,2}}"
    rf"|[A-Z][A-Za-z'’-]{{1,20}}(?: [A-Z][A-Za-z'’.-]{{0,20}}){{1,2}})[\s.!~。]{{0,3}}"
)
_LONGEST = 60  # characters of an answer


def names_asked_for(folded: Sequence[str]) -> list[list[Span]]:
    """For each text of a conversation, in order, the name that it is, where the text before asks for one."""
    spans: list[list[Span]] = [[] for _ in folded]
    for index, (before, text) in enumerate(pairwise(folded), start=1):
        if len(text) <= _LONGEST and _asks(before[-_LONGEST:]) and (answer := _ANSWER.fullmatch(text)):
            spans[index].append(Span(KIND, *answer.span(1), Strength.CHECKED))
    return spans


def _asks(text: str) -> bool:
    return bool(_MAY_ASK.search(text) and _ASKED.search(text))
