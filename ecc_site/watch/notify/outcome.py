"""What came of an attempt to send a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`words`: the receiver's or our own, shortened. `for_good`: trying again would not help."""

    succeeded: bool
    words: str = ""
    status: int | None = None
    for_good: bool = False
