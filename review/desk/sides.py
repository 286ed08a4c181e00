"""Which answer an annotator sees on the left: the end answer, or either by a draw for each person."""

from __future__ import annotations

from hashlib import blake2b

from review.models import Round, RoundItem

OTHER = {"end": "reference", "reference": "end"}


def left_side(round_: Round, item: RoundItem, annotator_id: int) -> str:
    """`end` or `reference`; the same whenever it is asked, so that a page and the verdict it sends agree.

    Drawn where the round says so, and wherever nobody may know which answer is whose.
    """
    if round_.sides == Round.Sides.FIXED and not round_.blind:
        return "end"
    drawn = blake2b(f"{round_.pk}/{round_.seed}/{item.pk}/{annotator_id}".encode(), digest_size=1).digest()[0]
    return "end" if drawn % 2 else "reference"


def preference_of(choice: str, left: str) -> str:
    """The preference that a key stands for: `left` and `right` depend on the sides, others stand for themselves."""
    return {"left": left, "right": OTHER[left]}.get(choice, choice)


def choice_of(preference: str, left: str) -> str:
    """The opposite: the key, by its place, that says the preference."""
    return {left: "left", OTHER[left]: "right"}.get(preference, preference)
