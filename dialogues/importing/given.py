"""Answers and verdicts that a file has already: what another system said, and what people thought of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogues.importing.refused import Refused

SIDES = ("end", "cloud")
GIVEN = {*SIDES, "verdict"}
PREFERENCES = ("end", "reference", "tie", "both_bad")
LONGEST = 20_000  # characters
NAMED = {"cloud": "reference", "both bad": "both_bad", "equal": "tie"}  # other words for a preference


def given(record: Mapping[str, Any], place: str = "") -> dict[str, Any] | None:
    """What a record says beside its text: `end` and `cloud` (answers), `verdict`, `correction`, `by`. Raises Refused.

    `verdict` is a preference, or an object of `preference`, `correction` and `by`. None where nothing is given.
    """
    verdict = record.get("verdict")
    said = dict(verdict) if isinstance(verdict, Mapping) else {"preference": verdict}
    texts = {name: record.get(name) for name in SIDES}
    texts |= {name: said.get(name, record.get(name)) for name in ("correction", "by")}
    for name, text in texts.items():
        if text is not None and (not isinstance(text, str) or len(text) > LONGEST):
            raise Refused("text", f"{place}.{name}" if place else name)
    preference = said.get("preference") or ""
    preference = NAMED.get(preference, preference) if isinstance(preference, str) else preference
    if preference and preference not in PREFERENCES:
        raise Refused("preference", f"{place}.verdict" if place else "verdict")
    found = {name: text for name, text in texts.items() if text}
    return found | ({"preference": preference} if preference else {}) or None


def merged(given_before: dict[str, Any] | None, given_after: dict[str, Any] | None) -> dict[str, Any] | None:
    """What two messages that become one turn were given; the later counts."""
    return {**(given_before or {}), **(given_after or {})} or None
