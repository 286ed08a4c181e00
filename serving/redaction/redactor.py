"""Redacts texts for the cloud and restores its replies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from .asked import names_asked_for
from .detectors import DETECTORS
from .folding import fold
from .reading import View, read_out
from .spans import Detector, Finder, Span, Strength, mark, without_overlaps
from .split import split_numbers


def _by_trigger(detectors: Iterable[Detector]) -> list[tuple[re.Pattern[str] | None, list[Finder]]]:
    """What to run, in the order of the detectors, with each trigger that neighbours share named once."""
    groups = groupby(detectors, key=lambda detector: detector.trigger)
    return [(trigger, [detector.find for detector in group]) for trigger, group in groups]


_ALL = _by_trigger(DETECTORS)

LITERAL = "literal"
"""Kind of text that is not personal data but would be mistaken for a placeholder assigned before."""

_MASK = re.compile(r"\[[A-Za-z]{1,20}(?:_[A-Za-z]{1,20}){0,4}_[0-9]{1,9}\]")
_PLACEHOLDER = re.compile(r"[\[［【] {0,4}([A-Za-z][A-Za-z_\\ ]{1,40})([0-9]{1,9}) {0,4}[\]］】]")
_NO_LETTER = re.compile(r"[^a-z]")

Key = tuple[str, int]
"""A placeholder whatever its case, spaces and underscores: ("residentid", 1)."""


@dataclass(frozen=True)
class Found:
    """One place of a text that was replaced: `value` is `text[start:end]` of the original."""

    kind: str
    start: int
    end: int
    value: str
    placeholder: str


@dataclass(frozen=True)
class Redaction:
    """A text without its personal data, and what was taken out, in reading order.

    `found` also has, as kind "literal", text that already read like a placeholder of an earlier text: only a `Redactor`
    that has redacted another text before finds that.
    """

    text: str
    found: tuple[Found, ...] = ()

    def restore(self, reply: str) -> str:
        """`reply` with this text's originals in place of its placeholders.

        A placeholder is recognised whatever its case and inner spaces; unknown ones stay.
        """
        return _restore(reply, {_key(found.placeholder): found.value for found in self.found})


class Redactor:
    """Redacts the texts of one conversation with one numbering.

    A value has the same placeholder throughout; written in another way it gets another placeholder, so that `restore`
    returns exactly what was there.
    """

    def __init__(self, detectors: Iterable[Detector] = DETECTORS) -> None:
        self._detectors = _ALL if detectors is DETECTORS else _by_trigger(detectors)
        self._placeholders: dict[tuple[str, str], str] = {}
        self._originals: dict[Key, str] = {}
        self._reserved: set[Key] = set()
        self._last: dict[str, int] = {}

    def redact(self, text: str) -> Redaction:
        """`text` with a numbered placeholder for each piece of personal data; linear in its length."""
        folded = fold(text)
        return self._redacted(text, folded, read_out(text, folded), [])

    def redact_all(self, texts: Iterable[str]) -> list[Redaction]:
        """The texts of a conversation, in order.

        A telephone number, resident id or card that is split over texts which follow each other is found as well, and
        each part gets a placeholder of its own, so that `restore` returns each part in its place. So is a name that is
        the answer to a question for it.
        """
        texts = list(texts)
        folded = [fold(text) for text in texts]
        views = [read_out(text, plain) for text, plain in zip(texts, folded, strict=True)]
        told = zip(texts, folded, views, split_numbers(folded, views), names_asked_for(folded), strict=True)
        return [self._redacted(text, plain, view, [*parts, *names]) for text, plain, view, parts, names in told]

    def _redacted(self, text: str, folded: str, view: View | None, across: list[Span]) -> Redaction:
        spans = [*self._personal(folded, view, across), *self._mistakable(text)]
        if not spans:
            return Redaction(text)
        spans = without_overlaps(spans, bytearray(len(text)))
        found = tuple(self._found(text, span) for span in spans)
        return Redaction(_replaced(text, found), found)

    def restore(self, reply: str) -> str:
        """`reply` with the originals of every text redacted so far; otherwise as `Redaction.restore`."""
        return _restore(reply, self._originals)

    def _personal(self, folded: str, view: View | None, across: list[Span]) -> list[Span]:
        spans = [*across, *self._detected(folded)]
        if view:
            spans += [view.in_original(span) for span in self._detected(view.text)]
        return without_overlaps(spans, _masks(folded)) if spans else spans

    def _detected(self, folded: str) -> list[Span]:
        return [
            span
            for trigger, finders in self._detectors
            if trigger is None or trigger.search(folded)
            for find in finders
            for span in find(folded)
        ]

    def _mistakable(self, text: str) -> Iterator[Span]:
        """Literals of `text` that read like a placeholder of an earlier text.

        The others are reserved: no value of this text or a later one is numbered like them.
        """
        for match in _PLACEHOLDER.finditer(text):
            key = _key(match[0])
            if key in self._originals:
                yield Span(LITERAL, *match.span(), Strength.LITERAL)
            else:
                self._reserved.add(key)

    def _found(self, text: str, span: Span) -> Found:
        value = text[span.start : span.end]
        return Found(span.kind, span.start, span.end, value, self._placeholder(span.kind, value))

    def _placeholder(self, kind: str, value: str) -> str:
        known = self._placeholders.get((kind, value))
        return known or self._new_placeholder(kind, value)

    def _new_placeholder(self, kind: str, value: str) -> str:
        number = self._last.get(kind, 0) + 1
        while _key(placeholder := f"[{kind.upper()}_{number}]") in self._reserved:
            number += 1
        self._last[kind] = number
        self._placeholders[kind, value] = placeholder
        self._originals[_key(placeholder)] = value
        return placeholder


def redact(text: str) -> Redaction:
    """`text` without phone numbers, resident ids, bank cards, e-mail addresses and order numbers.

    Each is replaced by a placeholder such as `[PHONE_1]`, numbered per kind from 1 in reading order,
    skipping numbers that the text itself has in such brackets. Existing masks
    (`[数字x]`, `[ORDERID_1]`) stay. `redact(text).restore` of the redacted text is `text`.
    """
    return Redactor().redact(text)


def _masks(folded: str) -> bytearray:
    taken = bytearray(len(folded))
    for match in _MASK.finditer(folded):
        mark(taken, *match.span())
    return taken


def _replaced(text: str, found: Iterable[Found]) -> str:
    pieces: list[str] = []
    last = 0
    for replaced in found:
        pieces += text[last : replaced.start], replaced.placeholder
        last = replaced.end
    return "".join([*pieces, text[last:]])


def _restore(reply: str, originals: Mapping[Key, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: originals.get(_key(match[0]), match[0]), reply)


def _key(placeholder: str) -> Key:
    name, number = _PLACEHOLDER.findall(placeholder)[0]
    return _NO_LETTER.sub("", name.lower()), int(number)
