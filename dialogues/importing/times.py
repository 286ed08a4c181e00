"""Times as files have them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone

EARLIEST, LATEST = 1980, 2100  # years; others are mistakes
_PARTS = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]?\s{0,2}([上下]午)?\s?(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\.\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_EPOCH = re.compile(r"\d{10}(\d{3})?")


def time_of(value: object) -> datetime | None:
    """The time that a text or number says, in UTC where it names no zone; None where it says none."""
    text = str(value or "").strip()[:60]
    if found := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1000 if found[1] else 1), UTC)
    found = _PARTS.search(text)
    if not found:
        return None
    year, month, day, half, hour, minute, second, zone = found.groups()
    if not EARLIEST <= int(year) <= LATEST:
        return None
    hours = int(hour) % 12 + (12 if half == "下午" else 0) if half else int(hour)
    try:
        return datetime(int(year), int(month), int(day), hours, int(minute), int(second or 0), tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(text: str | None) -> fixed_zone:
    if not text or text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return fixed_zone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
