"""Identical pairs of a round, which are judged once: their verdicts follow that of the pair that was judged."""

from __future__ import annotations

import uuid

from review.desk.verdict_input import REPEATED
from review.models import RoundItem, Verdict, VerdictRevision


def propagate(verdict: Verdict) -> int:
    """Bring the verdicts about the copies of its item up to date; how many more of them are active."""
    copies = RoundItem.objects.filter(same_as=verdict.item_id)
    return sum(_follow(verdict, copy) for copy in copies)


def withdraw_copies(verdict: Verdict) -> int:
    """After the verdict was withdrawn; how many fewer are active."""
    return -propagate(verdict)


def _follow(verdict: Verdict, copy: RoundItem) -> int:
    current = verdict.newest
    repeated = {name: getattr(current, name) for name in (*REPEATED, "withdrawn", "adjudicates")}
    follower, is_new = Verdict.objects.get_or_create(
        annotator_id=verdict.annotator_id,
        round_id=copy.round_id,
        comparison_id=copy.comparison_id,
        defaults={"assignment_id": verdict.assignment_id, "item": copy, "adjudicates": verdict.adjudicates},
    )
    was_active = not is_new and not follower.withdrawn
    key = uuid.uuid5(current.key, str(copy.pk))
    follower.current = VerdictRevision.objects.create(verdict=follower, key=key, propagated=True, **repeated)
    for name in ("withdrawn", "adjudicates", "assignment_id"):
        setattr(follower, name, getattr(verdict, name))
    follower.save()
    return (not current.withdrawn) - was_active
