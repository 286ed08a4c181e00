"""The detectors of every kind, each with what lets most texts pass it by."""

import re
from collections.abc import Iterable, Sequence

from . import (
    accounts,
    bank_cards,
    chinese_addresses,
    chinese_names,
    emails,
    english_addresses,
    english_names,
    links,
    orders,
    parcels,
    passports,
    phones,
    plates,
    resident_ids,
)
from .own_patterns import own_detector
from .spans import Detector

_THREE_DIGITS = re.compile("[0-9][^0-9]{0,7}[0-9][^0-9]{0,7}[0-9]")
_LATIN = re.compile("[A-Za-z]{2}")
_SIX_DIGITS = re.compile("[0-9](?:[^0-9]{0,7}[0-9]){5}")

DETECTORS: tuple[Detector, ...] = (
    Detector(emails.find, re.compile("@")),
    Detector(links.find, links.TRIGGER),
    Detector(resident_ids.find, _SIX_DIGITS),
    Detector(bank_cards.find, _SIX_DIGITS),
    Detector(phones.find, _SIX_DIGITS),
    Detector(passports.find, _SIX_DIGITS),
    Detector(orders.find, _THREE_DIGITS),
    Detector(parcels.find, _THREE_DIGITS),
    Detector(plates.find, _THREE_DIGITS),
    Detector(accounts.find, accounts.TRIGGER),
    Detector(chinese_names.find, chinese_names.TRIGGER),
    Detector(chinese_addresses.find, chinese_addresses.TRIGGER),
    Detector(english_names.find, _LATIN),
    Detector(english_addresses.find, _LATIN),
)
"""Where the spans of several overlap, the spans decide which wins; of equal ones the first in this order."""


def detectors_with(patterns: Iterable[tuple[str, str]]) -> Sequence[Detector]:
    """Those of a shop's own patterns (names and expressions), and the built-in ones."""
    own = [own_detector(name, expression) for name, expression in patterns]
    return (*own, *DETECTORS) if own else DETECTORS
