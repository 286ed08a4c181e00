"""Bank and credit card numbers: 13 to 19 digits with Luhn's check digit (ISO/IEC 7812)."""

import re
from collections.abc import Callable, Iterator

from stdnum import luhn

from .context import GAP, MAY_GAP, digits, label, stands_before
from .spans import Span, Strength

KIND = "bank_card"

_LABEL = label(r"银行卡|信用卡|储蓄卡|借记卡|卡号|(?:credit|debit|bank)\s?card|card\s?(?:number|no)")
_FOURS = rf"[0-9]{{4}}(?:{GAP}[0-9]{{4}}){{2,3}}(?:{MAY_GAP}[0-9]{{1,3}})?"
_FOUR_SIX = rf"[0-9]{{4}}{GAP}[0-9]{{6}}{GAP}[0-9]{{4,5}}"
_SIX_REST = rf"[0-9]{{6}}{GAP}[0-9]{{7,13}}"
_WRITTEN = re.compile(rf"(?<![0-9A-Za-z])(?=({_FOUR_SIX}|{_SIX_REST}|{_FOURS}|[0-9]{{13,19}})(?![0-9A-Za-z]))")
_AFTER_LABEL = re.compile(rf"(?<![0-9A-Za-z])(?=([0-9](?:{MAY_GAP}[0-9]){{12,18}})(?![0-9A-Za-z]))")
_GROUP_END = re.compile(r"(?<=[0-9])(?![0-9])")
_SCHEME = re.compile(
    r"62[0-9]{14,17}"  # UnionPay
    r"|4(?:[0-9]{12}|[0-9]{15}|[0-9]{17,18})"  # Visa, and the longer debit cards of China
    r"|5[1-5][0-9]{14}|(?:5[06-9]|6[013-9])[0-9]{11,17}"  # Mastercard; Maestro, Discover
    r"|3[47][0-9]{13}|3[0689][0-9]{12}|35[0-9]{14}"  # American Express, Diners, JCB
)
_AIRLINES = re.compile(r"1[0-9]{14}")  # UATP; as many digits as an old resident id, so it proves less
_ANY_SCHEME = re.compile(r"[0-9]{13,19}")


def find(text: str) -> Iterator[Span]:
    """Card numbers of a folded text, written in one run or in the groups printed on cards.

    After a word such as 银行卡 any prefix and any grouping will do; Luhn's digit must hold in
    either case. A number attached to a letter is not a card.
    """
    for match in _WRITTEN.finditer(text):
        yield from _longest(match, _SCHEME.fullmatch)
        yield from _longest(match, _AIRLINES.fullmatch, Strength.SHAPED)
    for match in _AFTER_LABEL.finditer(text):
        if stands_before(_LABEL, text, match.start()):
            yield from _longest(match, _ANY_SCHEME.fullmatch)


def _longest(
    match: re.Match[str], fits: Callable[[str], re.Match[str] | None], strength: Strength = Strength.LUHN
) -> Iterator[Span]:
    """The longest leading groups of `match` that make a card: another number may follow it."""
    written, start = match[1], match.start(1)
    for end in reversed([gap.start() for gap in _GROUP_END.finditer(written)]):
        number = digits(written[:end])
        if fits(number) and luhn.is_valid(number):
            yield Span(KIND, start, start + end, strength)
            return
