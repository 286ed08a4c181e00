"""What an import found and did, as it is shown afterwards."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dialogues.importing.cleaning.counts import Counts
from dialogues.importing.records import ParsedDialogue, RawDialogue

TURN_BINS = (1, 2, 3, 5, 8, 12, 20, 40, 80)  # lower bounds
CHARACTER_BINS = (0, 5, 10, 20, 40, 80, 160, 320, 640)
REPLIES, TOP = 2_000, 20  # different replies that are counted at a time, and how many are shown


class ReadReport:
    """What was read; grows with each record. `as_json` can be stored, and counting goes on from it."""

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        stored = stored or {}
        self.counts = Counts(stored.get("steps"))
        self._numbers = Counter[str](stored.get("numbers", {}))
        self._left_out = Counter[str](stored.get("left_out", {}))
        self._redacted = Counter[str](stored.get("redacted", {}))

    def as_json(self) -> dict[str, Any]:
        return {
            "numbers": dict(self._numbers),
            "steps": self.counts.as_json(),
            "left_out": dict(self._left_out.most_common(TOP)),
            "redacted": dict(self._redacted),
        }

    def add(self, other: ReadReport) -> None:
        """What another one counted is counted here as well."""
        self.counts.add(other.counts)
        self._numbers.update(other._numbers)
        self._left_out.update(other._left_out)
        self._redacted.update(other._redacted)

    def forget_words(self) -> None:
        self.counts.forget_words()

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


class KeptReport:
    """What was stored; grows with each dialogue. `as_json` can be stored, and counting goes on from it."""

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        stored = stored or {}
        self._turn_count = stored.get("turn_count", 0)
        self._languages = Counter[str](stored.get("languages", {}))
        self._turns = stored.get("turns") or [0] * len(TURN_BINS)
        self._characters = stored.get("characters") or [0] * len(CHARACTER_BINS)
        self._replies = Counter[str](dict(stored.get("replies", ())))

    def as_json(self) -> dict[str, Any]:
        return {
            "turn_count": self._turn_count,
            "languages": dict(self._languages),
            "turns": self._turns,
            "characters": self._characters,
            "replies": [[reply, count] for reply, count in self._replies.most_common(TOP) if count > 1],
        }

    def forget_words(self) -> None:
        self._replies.clear()

    def add(self, dialogues: Sequence[ParsedDialogue]) -> None:
        """More dialogues that are stored.

        Replies are counted exactly until there are REPLIES different ones; from then on rare ones make room, so counts
        are at least.
        """
        turns = [turn for dialogue in dialogues for turn in dialogue.turns]
        self._turn_count += len(turns)
        self._languages.update(dialogue.language for dialogue in dialogues)
        _count_in_bins(self._turns, TURN_BINS, Counter(len(dialogue.turns) for dialogue in dialogues))
        _count_in_bins(self._characters, CHARACTER_BINS, Counter(len(turn.text) for turn in turns))
        self._replies.update(turn.text[:200] for turn in turns if turn.role == "agent")
        if len(self._replies) > REPLIES:
            self._replies = Counter(dict(self._replies.most_common(REPLIES // 2)))


class ImportReport:
    """What was read and what was stored, as the job keeps it."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self._read, self._kept = ReadReport(stored.get("read")), KeptReport(stored.get("kept"))
        self.erased = stored.get("erased", 0)  # how often words were erased from it

    def as_json(self) -> dict[str, Any]:
        erased = {"erased": self.erased} if self.erased else {}
        return {"read": self._read.as_json(), "kept": self._kept.as_json(), **erased}

    def add(self, read: ReadReport, kept: Sequence[ParsedDialogue]) -> None:
        """A batch was read, and these of its dialogues were stored."""
        self._read.add(read)
        self._kept.add(kept)

    def forget_like(self, stored: dict[str, Any]) -> None:
        """Forget all words where some were erased from what is stored since: they do not come back with a batch."""
        if stored.get("erased", 0) != self.erased:
            self.erased = stored["erased"]
            self._read.forget_words()
            self._kept.forget_words()


def _count_in_bins(bins: list[int], bounds: Sequence[int], values: Counter[int]) -> None:
    for value, count in values.items():
        bins[max(0, bisect(bounds, value) - 1)] += count


def without_words(report: dict[str, Any]) -> dict[str, Any]:
    """The stored report of an import (`read` and `kept`) with its numbers, and nothing that anybody said.

    `erased` counts how often that was done, so that an import that runs knows it.
    """
    read, kept = report.get("read", {}), report.get("kept", {})
    steps = {name: row | {"examples": []} for name, row in read.get("steps", {}).items()}
    erased = report.get("erased", 0) + 1
    numbers = {"read": read | {"steps": steps}, "kept": kept | {"replies": []}} if read or kept else {}
    return numbers | {"erased": erased}
