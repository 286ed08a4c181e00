"""The page of the desk without its browser: the items on hand, and the verdicts that are not acknowledged yet."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

PREFERENCES = ("end", "tie", "reference", "both_bad")
UNSENT = 5  # where the page stops
ITEM = re.compile(r'<article [^>]*data-item="(\d+)"')
ACCOUNT = re.compile(r'id="desk" data-account="(\d+)"')


@dataclass
class Page:
    round: int
    account: int = 0
    on_hand: list[int] = field(default_factory=list)
    unsent: list[dict[str, Any]] = field(default_factory=list)  # as its outbox, this outlives a reload

    @property
    def address(self) -> str:
        return f"/review/{self.round}/outbox/"

    @property
    def body(self) -> dict[str, Any]:
        return {"account": self.account, "verdicts": self.unsent, "have": self.on_hand}

    @property
    def is_full(self) -> bool:
        return len(self.unsent) >= UNSENT

    def load(self, text: str) -> None:
        """The page as the server sent it; what is on its way already is not shown again."""
        self.account = int(ACCOUNT.search(text)[1])  # type: ignore[index]
        self.on_hand = []
        self._add(int(pk) for pk in ITEM.findall(text))

    def give(self, preference: str, seconds: float, **opinion: str) -> dict[str, Any]:
        """A verdict about the first item on hand."""
        said = {"item": self.on_hand.pop(0), "key": str(uuid.uuid4()), "preference": preference, "revision": 0}
        self.unsent.append(said | {"seconds": seconds} | opinion)
        return self.unsent[-1]

    def take(self, answer: dict[str, Any]) -> None:
        """What the server says to what was sent: all of it is answered, and there are further items."""
        self.unsent = []
        self._add(item["id"] for item in answer["items"])

    def _add(self, items) -> None:
        known = {*self.on_hand, *(said["item"] for said in self.unsent)}
        self.on_hand += [item for item in items if item not in known]
