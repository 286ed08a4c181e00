"""Numbers of parcels, by which anybody can look up where they go."""

import re
from collections.abc import Iterator

from .context import GAP, MAY_GAP, is_price
from .orders import GROUPS, NUMBER_LINKS, TOKEN, is_in_groups, listed
from .spans import Span, Strength

KIND = "parcel_number"

_LABEL = (
    r"(?:(?:快递|运|物流|面|包裹)单?(?:编号|号码|号)"
    r"|(?:tracking|waybill|parcel|shipment|consignment)\s?(?:number|num|no\.?|id|code)(?![a-z])|tracking\s?#)"
)
_LABELLED = re.compile(rf"{_LABEL}{NUMBER_LINKS}({TOKEN})", re.I)
_LABELLED_GROUPS = re.compile(rf"{_LABEL}{NUMBER_LINKS}({GROUPS})", re.I)
_COURIER_GROUPS = re.compile(
    rf"(?<![A-Za-z0-9])(?:SF|YT|ZTO|STO|YD|JT|JDV?|JDX|EMS|DPK|DB|HT|BEST|UPS|DHL){MAY_GAP}"
    rf"[0-9]{{2,13}}(?:{GAP}[0-9]{{2,13}}){{1,6}}(?![0-9A-Za-z])",
    re.I,
)
_COURIER = re.compile(
    r"(?<![A-Za-z0-9])(?:SF|YT|ZTO|STO|YD|JT|JD[VX]?|DPK|DB|HT|LP|YZ)[0-9]{11,15}(?:-[0-9]{1,2}){0,3}-?(?![0-9A-Za-z])"
    r"|(?<![A-Za-z0-9])1Z[0-9A-Z]{16}(?![0-9A-Za-z])",  # the form of UPS
    re.I,
)
_POSTAL = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{9}[A-Z]{2}(?![A-Za-z0-9])", re.I)  # S10, Universal Postal Union


def find(text: str) -> Iterator[Span]:
    """Numbers of a folded text after 快递单号, "tracking number" and the like, or after the letters of a courier."""
    for match in _LABELLED.finditer(text):
        for start, end in listed(text, match):
            yield from _unless_price(text, start, end)
    for pattern in (_COURIER, _POSTAL):
        for match in pattern.finditer(text):
            yield from _unless_price(text, *match.span())
    for pattern in (_LABELLED_GROUPS, _COURIER_GROUPS):
        for match in pattern.finditer(text):
            start, end = match.span(pattern.groups)
            if is_in_groups(text[start:end]):
                yield from _unless_price(text, start, end)


def _unless_price(text: str, start: int, end: int) -> Iterator[Span]:
    if not is_price(text, start, end):
        yield Span(KIND, start, end, Strength.SHAPED)
