"""Order numbers, and the long runs of digits that may be one."""

import re
import string
from collections.abc import Iterator

from .context import GAP, MAY_GAP, digits, is_calendar_date, is_fraction, is_hotline, is_price, is_product
from .spans import Span, Strength

KIND = "order_number"

NUMBER_LINKS = r"(?:[\s:,#=(]|号码|号|是|为|is){0,6}"
TOKEN = r"[A-Za-z0-9](?:[-_]?[A-Za-z0-9]){4,39}(?![A-Za-z0-9])"
_LABELLED = re.compile(
    r"(?:订单(?:编号|号码|号|id)|(?<![递运流面])单号|交易号|流水号"
    r"|order\s?(?:number|num|no\.?|nr\.?|id|reference|ref\.?)(?![a-z])|order\s?#)"
    rf"{NUMBER_LINKS}({TOKEN})",
    re.I,
)
# In groups, as people read them out or copy them from a label: at least eight digits in all.
GROUPS = rf"(?:[A-Za-z]{{1,4}}{MAY_GAP})?[0-9]{{2,}}(?:{GAP}[0-9]{{2,}}){{1,7}}(?![0-9A-Za-z])"
_LABELLED_GROUPS = re.compile(
    r"(?:订单(?:编号|号码|号|id)|(?<![递运流面])单号|交易号|流水号"
    r"|order\s?(?:number|num|no\.?|nr\.?|id)(?![a-z])|order\s?#)"
    rf"{NUMBER_LINKS}({GROUPS})",
    re.I,
)
_SHAPED = re.compile(r"(?<![A-Za-z0-9])[0-9]{3}-[0-9]{7}-[0-9]{7}(?![A-Za-z0-9])")  # of a large market place
_WEAKLY_LABELLED = re.compile(r"(?:订单|(?<![a-z])order)[\s:#]{0,3}([0-9]{8,20})(?![0-9A-Za-z])", re.I)
_ANOTHER = re.compile(rf"\s?(?:[,、/;和及]|and)\s?({TOKEN})")
_RUN = re.compile(r"(?<![0-9])[0-9]{10,20}(?![0-9])")
_FOURS = re.compile(rf"(?<![0-9])[0-9]{{4}}(?:{GAP}[0-9]{{4}}){{2,4}}(?:{GAP}[0-9]{{1,4}})?(?![0-9])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?![0-9])")


def find(text: str) -> Iterator[Span]:
    """Order numbers of a folded text: what follows 订单号, "order number" and the like, any run of
    10 to 20 digits, and 13 to 24 digits in fours (a card or an identity number mistyped).

    Prices, hotlines and product numbers stay.
    """
    yield from _labelled(text)
    yield from _grouped(text)
    for match in _RUN.finditer(text):
        if not is_hotline(match[0]) and not is_product(text, match.start()):
            yield from _unless_amount(text, *match.span(), Strength.GUESSED)
    for match in _FOURS.finditer(text):
        if len(match[0]) > 15 and not _YEAR.match(match[0]):
            yield from _unless_amount(text, *match.span(), Strength.GUESSED)


def _labelled(text: str) -> Iterator[Span]:
    for match in _WEAKLY_LABELLED.finditer(text):
        if not is_calendar_date(match[1]):
            yield from _unless_amount(text, *match.span(1), Strength.SHAPED)
    for match in _LABELLED.finditer(text):
        for start, end in listed(text, match):
            yield from _unless_amount(text, start, end, Strength.SHAPED)


def _grouped(text: str) -> Iterator[Span]:
    """Numbers in groups after 订单号 and the like."""
    spans = [match.span(1) for match in _LABELLED_GROUPS.finditer(text)]
    spans += [match.span() for match in _SHAPED.finditer(text)]
    for start, end in spans:
        if is_in_groups(text[start:end]):
            yield from _unless_amount(text, start, end, Strength.SHAPED)


def listed(text: str, match: re.Match[str] | None) -> Iterator[tuple[int, int]]:
    """The number of `match`, and those that follow it as in 订单号 A, B and C."""
    while match and _is_number(match[1]):
        yield match.span(1)
        match = _ANOTHER.match(text, match.end())


_LETTERS = string.ascii_letters + " -"


def is_in_groups(written: str) -> bool:
    """Whether what is `written` has the digits of a number in groups, and is no date."""
    number = written.lstrip(_LETTERS)
    return 8 <= len(digits(number)) <= 30 and not is_calendar_date(number)


def _is_number(token: str) -> bool:
    return sum(char.isdigit() for char in token) >= 4 and not is_calendar_date(token)


def _unless_amount(text: str, start: int, end: int, strength: Strength) -> Iterator[Span]:
    if not (is_price(text, start, end) or is_fraction(text, start, end)):
        yield Span(KIND, start, end, strength)
