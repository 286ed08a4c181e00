"""What an import found and did, as it is shown afterwards."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from typing import Any

from dialogues.importing.cleaning.counts import Counts
from dialogues.importing.records import ParsedDialogue, RawDialogue

TURN_BINS = (1, 2, 3, 5, 8, 12, 20, 40, 80)  # lower bounds
CHARACTER_BINS = (0, 5, 10, 20, 40, 80, 160, 320, 640)
REPLIES, TOP = 2_000, 20  # different replies that are counted at a time, and how many are shown


class Report:
    """Grows with each dialogue; `as_json` can be stored, and counting goes on from it."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        kept = kept or {}
        self.counts = Counts(kept.get("steps"))
        self._numbers = Counter[str](kept.get("numbers", {}))
        self._left_out = Counter[str](kept.get("left_out", {}))
        self._languages = Counter[str](kept.get("languages", {}))
        self._redacted = Counter[str](kept.get("redacted", {}))
        self._turns = kept.get("turns") or [0] * len(TURN_BINS)
        self._characters = kept.get("characters") or [0] * len(CHARACTER_BINS)
        self._replies = Counter[str](dict(kept.get("replies", ())))

    def as_json(self) -> dict[str, Any]:
        """Of at most some ten thousand characters, whatever the size of the file."""
        return {
            "numbers": dict(self._numbers),
            "steps": self.counts.as_json(),
            "left_out": dict(self._left_out.most_common(TOP)),
            "languages": dict(self._languages),
            "redacted": dict(self._redacted),
            "turns": self._turns,
            "characters": self._characters,
            "replies": [[reply, count] for reply, count in self._replies.most_common(TOP) if count > 1],
        }

    def read(self, raw: RawDialogue) -> None:
        """One more dialogue of the file."""
        self._numbers["dialogues"] += 1
        self._numbers["turns"] += len(raw.turns)
        self._left_out.update(raw.left_out)

    def skipped(self, name: str) -> None:
        """One more record that is no dialogue on purpose."""
        self._left_out[name] += 1

    def redacted(self, kinds: Counter[str]) -> None:
        self._redacted.update(kinds)

    def kept(self, dialogue: ParsedDialogue) -> None:
        """One more dialogue that is stored."""
        self._numbers["kept_dialogues"] += 1
        self._numbers["kept_turns"] += len(dialogue.turns)
        self._languages[dialogue.language] += 1
        self._turns[_bin(len(dialogue.turns), TURN_BINS)] += 1
        for turn in dialogue.turns:
            self._characters[_bin(len(turn.text), CHARACTER_BINS)] += 1
            if turn.role == "agent":
                self._count_reply(turn.text[:200])

    def _count_reply(self, reply: str) -> None:
        """Exact until there are REPLIES different ones; from then on rare replies make room, so counts are at least."""
        self._replies[reply] += 1
        if len(self._replies) > REPLIES:
            self._replies = Counter(dict(self._replies.most_common(REPLIES // 2)))


def _bin(value: int, bounds: tuple[int, ...]) -> int:
    """The index of the last bound that is not above the value."""
    return max(0, bisect(bounds, value) - 1)
