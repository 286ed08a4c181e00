"""Which answer an annotator sees on which side."""

from __future__ import annotations

import random

from django.contrib.auth.models import User

from review.models import RoundItem

OTHER = {"end": "reference", "reference": "end"}


def left_side(item: RoundItem, annotator: User) -> str:
    """What this annotator sees on the left, end or reference; the same however often they look.

    Drawn anew for each item and person where the round says so, and wherever nobody may know which answer is whose.
    """
    round_ = item.round
    if not round_.blind and round_.sides == round_.Sides.FIXED:
        return "end"
    return random.Random(f"{round_.seed}/{item.pk}/{annotator.pk}").choice(["end", "reference"])


def on_side(preference: str, left: str) -> str:
    """`left` or `right` for an answer that is preferred; what prefers none stays as it is."""
    return {left: "left", OTHER[left]: "right"}.get(preference, preference)


def of_side(preference: str, left: str) -> str:
    """The reverse of `on_side`."""
    return {"left": left, "right": OTHER[left]}.get(preference, preference)
