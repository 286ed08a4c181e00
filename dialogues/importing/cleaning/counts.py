"""What the steps of cleaning changed: how often, with the first examples."""

from __future__ import annotations

from typing import Any

from dialogues.importing.records import ParsedTurn

EXAMPLES, LONGEST = 3, 160


class Counts:
    """By the name of the step: how many turns it changed, and a few of them before and after."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        """`kept` is what `as_json` returned earlier."""
        self._steps: dict[str, dict[str, Any]] = kept or {}

    def as_json(self) -> dict[str, Any]:
        """{step: {"count": turns, "examples": [[before, after], …]}}."""
        return self._steps

    def add(self, other: Counts) -> None:
        """What another one counted is counted here as well."""
        for step, counted in other._steps.items():
            row = self._count(step, counted["count"])
            row["examples"] = [*row["examples"], *counted["examples"]][:EXAMPLES]

    def forget_words(self) -> None:
        for row in self._steps.values():
            row["examples"] = []

    def changed(self, step: str, before: str, after: str) -> None:
        """One more turn was changed by the step."""
        row = self._count(step, 1)
        if len(row["examples"]) < EXAMPLES:
            row["examples"].append([before[:LONGEST], after[:LONGEST]])

    def compare(self, step: str, before: list[ParsedTurn], after: list[ParsedTurn]) -> None:
        """Count the turns that the step removed or marked."""
        removed = len(before) - len(after)
        marked = sum(new.formula != old.formula for new, old in zip(after, before, strict=True)) if not removed else 0
        if removed + marked:
            row = self._count(step, removed + marked)
            if len(row["examples"]) < EXAMPLES:
                row["examples"].append(_first_difference(before, after))

    def _count(self, step: str, count: int) -> dict[str, Any]:
        row = self._steps.setdefault(step, {"count": 0, "examples": []})
        row["count"] += count
        return row


def _first_difference(before: list[ParsedTurn], after: list[ParsedTurn]) -> list[str]:
    """The first turn that the two have not in common, on both sides."""
    i = next((i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(after))
    old = " | ".join(turn.text for turn in before[i : i + 2])
    new = after[i].text if i < len(after) else ""
    return [old[:LONGEST], new[:LONGEST]]
