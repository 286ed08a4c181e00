"""A number that somebody sends in parts: 138 0013 in one message, 8000 in the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import bank_cards, phones, resident_ids
from .context import digits
from .reading import View
from .spans import Span, Strength

_FINDERS = (resident_ids.find, bank_cards.find, phones.find)
_MOST_PARTS = 4
_LONGEST_ASIDE = 40  # characters of what the other person says between two parts
_CONTEXT = 40  # characters before a number that may name its kind, and behind it that may make it a price
_PART = "[0-9](?:[ -]{0,3}[0-9]){1,17}[Xx]?"
_SEPARATOR = re.compile("[ -]")
_TAIL = re.compile(rf"(?<![0-9A-Za-z])({_PART})[^\w]{{0,4}}$")
_HEAD = re.compile(
    rf"(?:[^\w]|[\u3400-\u9fff]|(?:and|then|next|the\srest(?:\sis)?|rest|followed\sby)\b){{0,8}}({_PART})(?![0-9A-Za-z])",
    re.I,
)


@dataclass(frozen=True)
class _Part:
    """Where a part of a number stands: `text` of the conversation, `start` and `end` in it as it is read out."""

    text: int
    start: int
    end: int


def split_numbers(folded: Sequence[str], views: Sequence[View | None]) -> list[list[Span]]:
    """For each text of a conversation, in order, the parts of numbers that go on in another one. Linear.

    `views` are the texts as they are read out, where that is not the same as folded.
    Parts that together are a telephone number, a resident id or a bank card, with nothing left over, where one text
    ends with the first part and the next begins with the second; up to four parts, and a short text without digits may
    stand between them. A number that is whole in one text is left to `Detector`s.
    """
    spans: list[list[Span]] = [[] for _ in folded]
    texts = [view.text if view else text for text, view in zip(folded, views, strict=True)]
    for first, text in enumerate(texts):
        tail = _TAIL.search(text, max(0, len(text) - 60))
        if tail:
            parts = [_Part(first, *tail.span(1)), *_continued(texts, first)]
            for part, number in _number_of(texts, parts):
                view = views[part.text]
                spans[part.text].append(view.in_original(number) if view else number)
    return spans


def _continued(texts: Sequence[str], first: int) -> Iterator[_Part]:
    """The parts that may follow the one at the end of the first text."""
    index = first + 1
    while index < min(len(texts), first + 2 * _MOST_PARTS):
        head = _HEAD.match(texts[index])
        if head:
            yield _Part(index, *head.span(1))
            if texts[index][head.end() :].strip(" .,;!"):
                return
        elif len(texts[index]) > _LONGEST_ASIDE or digits(texts[index]):
            return
        index += 1


def _number_of(texts: Sequence[str], parts: list[_Part]) -> list[tuple[_Part, Span]]:
    """The longest leading parts, two or more, that make a number, each with its span."""
    for count in range(min(len(parts), _MOST_PARTS), 1, -1):
        found = _joined(texts, parts[:count])
        if found:
            return [(part, _span(part, found)) for part in parts[:count]]
    return []


def _joined(texts: Sequence[str], parts: list[_Part]) -> Span | None:
    """The number that the parts make when read as one text, if it is made of all of them."""
    first, last = parts[0], parts[-1]
    before = texts[first.text][max(0, first.start - _CONTEXT) : first.start]
    number = "".join(_SEPARATOR.sub("", texts[part.text][part.start : part.end]) for part in parts)
    text = before + number + texts[last.text][last.end : last.end + _CONTEXT]
    start, end = len(before), len(before) + len(number)
    if any(_is_whole(texts[part.text], part) for part in parts):
        return None
    spans = (span for find in _FINDERS for span in find(text))
    return next((span for span in spans if span.start <= start and end <= span.end), None)


def _is_whole(text: str, part: _Part) -> bool:
    """Whether a part is a number by itself, whatever word stands before it."""
    return any(True for find in _FINDERS for _ in find(text[part.start : part.end]))


def _span(part: _Part, number: Span) -> Span:
    return replace(number, start=part.start, end=part.end, strength=max(number.strength, Strength.CHECKED))
