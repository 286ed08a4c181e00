"""Addresses in English, of streets abroad and of China written in pinyin."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "address"

_KIND_OF_STREET = (
    r"Street|Avenue|Boulevard|Road|Lane|Drive|Court|Terrace|Parkway|Highway|Alley|Crescent|Close"
    r"|Plaza|Square|Place|Way|Circle|Trail|Lu|Jie"
)
_SHORT = r"St|Ave|Av|Blvd|Rd|Ln|Dr|Ct|Ter|Pkwy|Hwy|Cres|Sq|Pl|Cir|Trl"
_NAME = r"(?:[A-Z0-9][A-Za-z0-9'’.-]{0,20} ){1,4}"
_LOWER_NAME = r"(?:[a-z0-9][a-z0-9'’.-]{0,20} ){1,3}"
_SIDE = r"(?:(?:[NSEW]|North|South|East|West|N\.?E|N\.?W|S\.?E|S\.?W)\.? )?"
_UNIT = (
    r"(?:,? ?(?:Apt|Apartment|Unit|Suite|Ste|Room|Rm|Floor|Fl|Building|Bldg"
    r"|Flat)\.? ?#?[A-Za-z0-9-]{1,6}(?![A-Za-z0-9])|,? ?#[0-9A-Za-z-]{1,6})"
)
_POSTCODE = (
    r"(?:[A-Z]{2},? [0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}"
    r"|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[0-9]{5,6}(?![0-9]))"
)
_TOWN = rf"(?:[A-Z][A-Za-z'’.-]{{1,20}}(?![A-Za-z0-9]) ?){{1,3}}(?:,? ?{_POSTCODE})?"
_REST = rf"(?:{_UNIT}){{0,2}}(?:(?:, ?{_TOWN}){{1,3}}|(?: [A-Z][a-z]{{1,20}}){{1,3}},? {_POSTCODE})?(?:,? {_POSTCODE})?"
_FLAT = r"(?:(?:Flat|Apt|Apartment|Unit|Suite|Room|Rm|Building|Bldg|Floor|Block)\.? ?#?[0-9A-Za-z-]{1,6},? ){0,3}"
_STREET = re.compile(
    rf"(?<![A-Za-z0-9.$€£¥-]){_FLAT}(?:(?i:no)\.? ?)?[0-9]{{1,6}}[A-Za-z]?(?:[-/][0-9]{{1,5}})?,? {_SIDE}{_NAME}"
    rf"(?:{_KIND_OF_STREET}|(?:{_SHORT})\b\.?)(?![A-Za-z]){_REST}"
)
_LOWER_STREET = re.compile(
    r"(?<![A-Za-z0-9.$€£¥-])[0-9]{1,6}[a-z]? "
    rf"{_LOWER_NAME}(?:street|avenue|boulevard|road|lane|drive|court|terrace|blvd|ave|rd)(?![a-z])"
    rf"(?:,? ?(?:apt|apartment|unit|suite|room|flat)\.? ?#?[a-z0-9-]{{1,6}})?"
)
_BOX = re.compile(r"(?<![A-Za-z])P\.? ?O\.? ?Box ?#?[0-9]{1,7}" rf"{_REST}", re.I)
_LABELLED = re.compile(
    r"(?<![A-Za-z])(?:(?:shipping|delivery|home|billing|mailing|my|new|street|postal)\s)?address(?:\sis|\sto|:|\s=)[\s:]{0,3}"
    r"([^\n;!?。]{6,120})",
    re.I,
)
_EVIDENCE = re.compile(r"[0-9].{0,40}[A-Za-z]{2}|[A-Za-z]{2}.{0,40}[0-9]{2}")
_STOP = re.compile(
    r"(?<=[A-Za-z0-9]{2})\. |\.$|[,.]? (?:and|please|can|could|thanks|thank|my|phone|tel|mobile|email|i|but|is|not)\b",
    re.I,
)


def find(text: str) -> Iterator[Span]:
    """Addresses of a folded text: number and street with flat, town and postcode; post-office boxes; what follows
    "address:" where it has a number."""
    for pattern in (_STREET, _LOWER_STREET, _BOX):
        for match in pattern.finditer(text):
            yield Span(KIND, match.start(), match.start() + len(match[0].rstrip(" ,.")), Strength.SHAPED)
    for match in _LABELLED.finditer(text):
        stop = _STOP.search(match[1])
        told = match[1][: stop.start()] if stop else match[1]
        if "@" not in told and "//" not in told and _EVIDENCE.search(told):
            yield Span(KIND, match.start(1), match.start(1) + len(told.rstrip(" ,.")), Strength.SHAPED)
