"""A number that somebody sends in parts: 138 0013 in one message, 8000 in the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import bank_cards, phones, resident_ids
from .context import digits
from .folding import fold
from .reading import View, read_out
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
    """Where a part of a number stands: `text` of the conversation, `start` and `end` in its view."""

    text: int
    start: int
    end: int


def split_numbers(texts: Sequence[str]) -> list[list[Span]]:
    """For each text of a conversation, in order, the parts of numbers that go on in another one. Linear.

    Parts that together are a telephone number, a resident id or a bank card, with nothing left over, where one text
    ends with the first part and the next begins with the second; up to four parts, and a short text without digits may
    stand between them. A number that is whole in one text is left to `Detector`s.
    """
    spans: list[list[Span]] = [[] for _ in texts]
    views = [_view(text) for text in texts]
    for first, view in enumerate(views):
        tail = _TAIL.search(view.text, max(0, len(view.text) - 60))
        if tail:
            parts = [_Part(first, *tail.span(1)), *_continued(views, first)]
            for part, span in _number_of(views, parts):
                spans[part.text].append(span)
    return spans


def _view(text: str) -> View:
    folded = fold(text)
    return read_out(text, folded) or View(folded, range(len(folded)), range(1, len(folded) + 1))


def _continued(views: Sequence[View], first: int) -> Iterator[_Part]:
    """The parts that may follow the one at the end of the first text."""
    index = first + 1
    while index < min(len(views), first + 2 * _MOST_PARTS):
        head = _HEAD.match(views[index].text)
        if head:
            yield _Part(index, *head.span(1))
            if views[index].text[head.end() :].strip(" .,;!"):
                return
        elif len(views[index].text) > _LONGEST_ASIDE or digits(views[index].text):
            return
        index += 1


def _number_of(views: Sequence[View], parts: list[_Part]) -> list[tuple[_Part, Span]]:
    """The longest leading parts, two or more, that make a number, each with its span."""
    for count in range(min(len(parts), _MOST_PARTS), 1, -1):
        found = _joined(views, parts[:count])
        if found:
            return [(part, _span(views[part.text], part, found)) for part in parts[:count]]
    return []


def _joined(views: Sequence[View], parts: list[_Part]) -> Span | None:
    """The number that the parts make when read as one text, if it is made of all of them."""
    first, last = parts[0], parts[-1]
    before = views[first.text].text[max(0, first.start - _CONTEXT) : first.start]
    number = "".join(_SEPARATOR.sub("", views[part.text].text[part.start : part.end]) for part in parts)
    text = before + number + views[last.text].text[last.end : last.end + _CONTEXT]
    start, end = len(before), len(before) + len(number)
    if any(_is_whole(views[part.text].text, part) for part in parts):
        return None
    spans = (span for find in _FINDERS for span in find(text))
    return next((span for span in spans if span.start <= start and end <= span.end), None)


def _is_whole(text: str, part: _Part) -> bool:
    """Whether a part is a number by itself, whatever word stands before it."""
    return any(True for find in _FINDERS for _ in find(text[part.start : part.end]))


def _span(view: View, part: _Part, number: Span) -> Span:
    return view.in_original(
        replace(number, start=part.start, end=part.end, strength=max(number.strength, Strength.CHECKED))
    )
