"""Resident identity numbers of mainland China (GB 11643): 18 characters, formerly 15 digits."""

import re
from collections.abc import Iterator
from datetime import date

from stdnum.cn import ric

from .context import MAY_GAP, digits, label, stands_before
from .spans import Span, Strength

KIND = "resident_id"

_LABEL = label(r"身份证件?|身份号码?|证件号码?|公民身份|id\s?card|identity\s?(?:card|number)|national\s?id")
_EIGHTEEN = re.compile(rf"(?<![0-9])(?=([1-9](?:{MAY_GAP}[0-9]){{16}}{MAY_GAP}[0-9Xx])(?![0-9]))")
_FIFTEEN = re.compile(rf"(?<![0-9])(?=([1-9](?:{MAY_GAP}[0-9]){{14}})(?![0-9]))")
_PRINTED = re.compile(rf"[0-9]{{6}}{MAY_GAP}[0-9]{{6}}{MAY_GAP}[0-9]{{3}}")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")


def find(text: str) -> Iterator[Span]:
    """Resident identity numbers of a folded text, also with gaps between their digits.

    The 18-character form needs its check character and a date of birth, or a word such as
    身份证 in front; the old form needs a province and a date of birth, and without such a word its digits
    together or grouped as 6-6-3.
    """
    for match in _EIGHTEEN.finditer(text):
        if _is_checked(match[1]) or stands_before(_LABEL, text, match.start()):
            yield Span(KIND, *match.span(1), Strength.CHECKED)
    for match in _FIFTEEN.finditer(text):
        if not _is_old_form(match[1]):
            continue
        if stands_before(_LABEL, text, match.start()):
            yield Span(KIND, *match.span(1), Strength.CHECKED)
        elif _PRINTED.fullmatch(match[1]):
            yield Span(KIND, *match.span(1), Strength.DATED)


def _is_checked(written: str) -> bool:
    number = digits(written[:-1]) + written[-1].upper()
    return number[-1] == ric.calc_check_digit(number) and _is_birthday(number[6:14])


def _is_old_form(written: str) -> bool:
    number = digits(written)
    return _PROVINCE.match(number) is not None and _is_birthday("19" + number[6:12])


def _is_birthday(eight: str) -> bool:
    try:
        day = date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return False
    return date(1880, 1, 1) <= day <= date.today()
