"""Telephone numbers: mobile and fixed lines of China, and numbers abroad."""

import re
from collections.abc import Iterator

import phonenumbers

from .context import GAP, MAY_GAP, digits, is_calendar_date, is_hotline, is_price, is_product, label, stands_before
from .spans import Span, Strength

KIND = "phone"

_PUBLIC = frozenset(
    (
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.UAN,
    )
)
_REGIONS_ABROAD = ("US", "JP", "GB", "IL", "KR", "DE", "FR", "AU")
"""Where a number that begins with 0 and has no country code may be from."""


def _grouped(*lengths: int) -> str:
    return GAP.join(f"[0-9]{{{length}}}" for length in lengths)


GROUPS = ((11,), (3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (3, 8), (7, 4), (5, 6), (1,) * 11)
_EXTENSION = r"(?: ?(?:转|分机|ext\.? ?)[0-9]{1,5}|-[0-9]{1,4}(?![0-9]))?"
_CHINA = rf"(?:(?:\((?:\+|00)?86\)|(?:\+ ?|00)?86){MAY_GAP})?"
_MOBILE_SHAPES = "|".join(
    (
        *(_grouped(*lengths) for lengths in GROUPS),
        r"[0-9]{3}\.[0-9]{4}\.[0-9]{4}",
    )
)
_MOBILE = re.compile(
    rf"(?<![0-9]){_CHINA}(?:(?=1{MAY_GAP}[3-9])(?:{_MOBILE_SHAPES})"
    rf"|\(1[3-9][0-9]\){MAY_GAP}[0-9]{{4}}{MAY_GAP}[0-9]{{4}}){_EXTENSION}(?![0-9])",
    re.I,
)
_FIXED_LINE = re.compile(
    r"(?<![0-9])(?<![0-9]-)"
    rf"(?:\((?:0?10|0?2[0-9]|0[3-9][0-9]{{2}})\){MAY_GAP}"
    rf"|(?:010|02[0-9]|0[3-9][0-9]{{2}}){MAY_GAP}"
    rf"|86{GAP}(?:10|2[0-9]|[3-9][0-9]{{2}}){GAP})"
    rf"[1-9][0-9]{{2,3}}{MAY_GAP}[0-9]{{4}}{_EXTENSION}(?![0-9])",
    re.I,
)
_NORTH_AMERICA = re.compile(
    r"(?<![0-9])(?:\+?1[-. ]?)?"
    r"(?:\([2-9][0-9]{2}\)[ -]?[2-9][0-9]{2}[-. ]?[0-9]{4}|[2-9][0-9]{2}([-. ])[2-9][0-9]{2}\1[0-9]{4})(?![0-9])"
)
_COUNTRY_CODE = re.compile(r"(?<![0-9A-Za-z+])(?:\+ ?|00)[1-9](?:[ .()-]{0,2}[0-9]){6,14}(?![0-9])")
_TRUNK_ZERO = re.compile(
    r"(?<![0-9])(?<![0-9]-)(?:\(0[1-9][0-9]{0,3}\)|0[1-9][0-9]{0,3})([ -])[0-9]{2,8}(?:\1[0-9]{2,4}){0,3}(?![0-9])"
)
# A slash behind the area code, as in Germany; elsewhere it parts two numbers, as in +4999/12999.
_AREA_SLASH = re.compile(
    r"(?<![0-9A-Za-z+])(?:(?:\+ ?|00)[1-9](?:[0-9]{0,2}[ -][0-9]{1,5}|[0-9]{2,7}(?=/[0-9]{3}[ -]?[0-9]{3}))"
    r"|0[1-9][0-9]{1,4})/([0-9](?:[ -]?[0-9]){3,8})(?![0-9/])"
)
_OTHER_NUMBER = label(r"[单编批票料房件型]号|邮编|(?<![a-z])(?:order|invoice|batch)\s?(?:no\.?|number|id|#|code)")
_AFTER_LABEL = re.compile(
    rf"(?<![0-9])(?:1{MAY_GAP}[3-9](?:{MAY_GAP}[0-9]){{9}}|[0-9]{{7,12}}|[0-9]{{2,4}}-[0-9]{{3,4}}(?:-[0-9]{{4}})?"
    rf"|[0-9]{{3,4}} [0-9]{{4}}|[0-9]{{3}}[ -][0-9]{{7,8}})(?![0-9])"
)
_GROUP_END = re.compile(r"(?<=[0-9])(?![0-9])")
_LABEL = label(
    r"电话|手机(?:号码?)?|座机|传真|联系方式|联系号码|(?:tele)?phone\s?(?:number|no|#|is|:)|(?<![a-z])(?:tel|fax)\.?"
    r"|(?:mobile|cell|contact)(?:\s?phone)?\s?(?:number|no|is|:)|whatsapp|(?:call|text|dial|reach)\s(?:me|us|him|her)"
    r"|(?<![a-z])my\s(?!order|tracking|card|account|id)(?:[a-z]{2,12}\s)?number\s?(?:is|:)"
)


def find(text: str) -> Iterator[Span]:
    """Telephone numbers of a folded text; neither hotlines nor prices nor product numbers."""
    for start, end in _candidates(text):
        written = text[start:end]
        # Nobody groups the digits of a price like those of a telephone number.
        price = written.isdigit() and is_price(text, start, end)
        if not (price or is_hotline(written) or is_product(text, start)):
            yield Span(KIND, start, end, Strength.SHAPED)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_MOBILE, _FIXED_LINE):
        for match in pattern.finditer(text):
            yield match.span()
    yield from _north_american(text)
    yield from _with_country_code(text)
    yield from _with_trunk_zero(text)
    yield from _with_area_slash(text)
    yield from _labelled(text)


def _north_american(text: str) -> Iterator[tuple[int, int]]:
    for match in _NORTH_AMERICA.finditer(text):
        # Spaces and dots also separate sizes and versions, so with them the area code must exist.
        plausible = match[1] in (None, "-") or _is_valid(match[0], "US")
        if plausible and not _is_public(match[0], "US"):
            yield match.span()


def _with_country_code(text: str) -> Iterator[tuple[int, int]]:
    for match in _COUNTRY_CODE.finditer(text):
        length = _international_length(match[0])
        if length and not _is_public(match[0][:length], None):
            yield match.start(), match.start() + length


def _international_length(written: str) -> int:
    """How much of `written` is the number, 0 for none: something else made of digits may follow."""
    for end in reversed([gap.start() for gap in _GROUP_END.finditer(written)]):
        if _is_valid(written[:end], None):
            return end
    return len(written) if _is_possible(written) else 0


def _with_trunk_zero(text: str) -> Iterator[tuple[int, int]]:
    for match in _TRUNK_ZERO.finditer(text):
        if 9 <= len(digits(match[0])) <= 11 and any(_is_valid(match[0], region) for region in _REGIONS_ABROAD):
            yield match.span()


def _with_area_slash(text: str) -> Iterator[tuple[int, int]]:
    for match in _AREA_SLASH.finditer(text):
        if len(digits(match[0])) >= 9 and not _is_something_else(text, match) and _is_personal(match[0]):
            yield match.span()


def _is_something_else(text: str, match: re.Match[str]) -> bool:
    """Whether a number of `_AREA_SLASH` without a country code is a date, an amount, or what a label says."""
    if _has_country_code(match[0]):
        return False
    is_date = (len(digits(match[1])) == 8 or "-" in match[1]) and is_calendar_date(match[1])
    # A currency in front may belong to an amount before.
    return is_date or stands_before(_OTHER_NUMBER, text, match.start()) or is_price(text, match.end(), match.end())


def _is_personal(number: str) -> bool:
    """Whether it exists abroad and is not that of a service there."""
    regions = (None,) if _has_country_code(number) else _REGIONS_ABROAD
    return any(_is_valid(number, region) and not _is_public(number, region) for region in regions)


def _has_country_code(number: str) -> bool:
    return number.startswith(("+", "00"))


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    for match in _AFTER_LABEL.finditer(text):
        written = match[0]
        if len(digits(written)) >= 7 and not is_calendar_date(written) and stands_before(_LABEL, text, match.start()):
            yield match.span()


def _parsed(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(re.sub("^00", "+", number) if region is None else number, region)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(number: str, region: str | None) -> bool:
    parsed = _parsed(number, region)
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def _is_public(number: str, region: str | None) -> bool:
    """Whether it belongs to a service rather than a person: toll-free and the like."""
    parsed = _parsed(number, region)
    return parsed is not None and phonenumbers.number_type(parsed) in _PUBLIC


def _is_possible(number: str) -> bool:
    parsed = _parsed(number, None)
    return parsed is not None and phonenumbers.is_possible_number(parsed)
