"""What is the answer to a question for it, in the text before: 怎么称呼? 张伟. And: 订单号发我一下。12345678."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from . import accounts, orders, parcels, phones, resident_ids
from .chinese_names import KIND
from .spans import Span, Strength
from .surnames import GIVEN, SURNAME

_LONGEST = 60  # characters of an answer, and of the end of a question

_NAME_ASKED = re.compile(
    r"(?:贵姓|怎么称呼|如何称呼|(?:姓名|名字|(?:收货|收件|联系)人)(?:是|叫|发|给|说|提供|告诉|多少|什么|谁|您|[?:呢吗一下]){0,6})[^\w]{0,4}$"
    r"|(?<![a-z])(?:your|full|the|account\sholder'?s?)\s(?:full\s|first\s|last\s)?name\b[^.!?]{0,30}\?\s*$",
    re.I,
)
_MAY_ASK_NAME = re.compile("[姓称名人]|[Nn][Aa][Mm][Ee]")  # in every text in which _NAME_ASKED is found, and quicker
_NAME = re.compile(
    rf"[\s]{{0,3}}(?:我?叫|我?姓|是)?({SURNAME}{GIVEN}{{0,2}}"
    rf"|[A-Z][A-Za-z'’-]{{1,20}}(?: [A-Z][A-Za-z'’.-]{{0,20}}){{1,2}})[\s.!~。]{{0,3}}"
)

_LABELS = {
    "电话:": r"电话|手机号|联系方式|(?:phone|mobile|cell|telephone|contact)\s(?:number|no)",
    "订单号:": r"订单(?:编号|号)|order\s(?:number|no|id)",
    "快递单号:": r"(?:快递|运|物流)单号|tracking\s(?:number|no|id|code)",
    "身份证号:": r"身份证号?|证件号|(?<![a-z])id\s(?:number|no)",
    "微信:": r"微信号?|wechat(?:\sid)?",
    "QQ:": r"(?<![a-z])qq号?",
    "账号:": r"[账帐]号|[账帐]户名?|用户名|会员[名号]|(?:user|account|login|member(?:ship)?)\s?(?:name|number|id)",
    "密码:": r"密码|验证码|校验码|password|passcode|(?:verification|pin)\scode",
}
"""What is read in front of an answer, by the words that ask for it."""
_ENDING = r"(?:号?码|是|叫|多少|什么|哪个|提供|告诉|告知|[发给说报留写您你我?:呢吗吧哦呀哈亲一下]){0,10}[^\w]{0,4}"
_ASKED = [
    (label, re.compile(rf"(?:{words})(?:{_ENDING}|\b[^.!?]{{0,30}}[.?!]?\s{{0,3}})$", re.I))
    for label, words in _LABELS.items()
]
_FINDERS = (phones.find, orders.find, parcels.find, resident_ids.find, accounts.find)
_IS_NO_WORD = re.compile("[0-9_@]")


def answers_asked_for(folded: Sequence[str]) -> list[list[Span]]:
    """For each text of a conversation, in order, what the text before asks for: the name that a text is, and the
    number or account that it begins with, which is found as if its name stood in front of it."""
    spans: list[list[Span]] = [[] for _ in folded]
    for index, (before, text) in enumerate(pairwise(folded), start=1):
        if len(text) <= _LONGEST:
            question = before[-_LONGEST:]
            spans[index] = [*_names(question, text), *_numbers(question, text)]
    return spans


def _names(question: str, text: str) -> Iterator[Span]:
    if _MAY_ASK_NAME.search(question) and _NAME_ASKED.search(question) and (answer := _NAME.fullmatch(text)):
        yield Span(KIND, *answer.span(1), Strength.CHECKED)


def _numbers(question: str, text: str) -> Iterator[Span]:
    if not _IS_NO_WORD.search(text):
        return
    for label in (label for label, asked in _ASKED if asked.search(question)):
        for span in (span for find in _FINDERS for span in find(label + text)):
            start, end = span.start - len(label), span.end - len(label)
            if start >= 0 and _IS_NO_WORD.search(text, start, end):
                yield Span(span.kind, start, end, span.strength)
