"""Giving a dialogue back to the pool, with a reason, or putting it at the end of one's own queue."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from review.desk.assignment import own_assignment
from review.models import Assignment, RoundItem, Skip


@transaction.atomic
def skip(item: RoundItem, annotator: User, reason: str, note: str = "") -> None:
    """Another annotator takes the dialogue of the item; this one does not get it again. Twice is once.

    Verdicts that were given about its earlier turns stay with the assignment, whose next holder goes on behind them.
    """
    said = {"reason": reason, "note": note}
    Skip.objects.update_or_create(said, round_id=item.round_id, dialogue_id=item.dialogue_id, annotator=annotator)
    assignment = own_assignment(item, annotator)
    if assignment and assignment.state == Assignment.State.TAKEN:
        free = {"annotator": None, "state": Assignment.State.FREE, "leased_until": None, "deferred_at": None}
        Assignment.objects.filter(pk=assignment.pk).update(**free)


def defer(item: RoundItem, annotator: User) -> None:
    """The dialogue of the item comes last among those that the annotator holds, after all that are still free."""
    held = Assignment.objects.about(item).filter(annotator=annotator, state=Assignment.State.TAKEN)
    held.update(deferred_at=timezone.now())
