"""Who reviews what next: an annotator holds the assignment of a dialogue until every item of it has a verdict."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from review.models import LEASE, Assignment, Round, RoundItem, Verdict


def next_item(round_: Round, annotator: User) -> RoundItem | None:
    """The annotator's next item, after taking another assignment if needed; None if the round has nothing left."""
    while True:
        assignment = Assignment.objects.held_by(round_, annotator)
        if assignment is None:
            if not Assignment.objects.take_next(round_, annotator, LEASE):
                return None
            continue
        item = open_items(assignment).first()
        if item:
            return item
        close_if_finished(assignment)


def open_items(assignment: Assignment) -> QuerySet[RoundItem]:
    """Items of the dialogue that have no active verdict under this assignment, in the order of the conversation."""
    verdicts = Verdict.objects.active().filter(assignment=assignment, comparison=OuterRef("comparison"))
    items = RoundItem.objects.filter(~Exists(verdicts), round=assignment.round_id, dialogue=assignment.dialogue_id)
    return items.order_by("position", "id")


def renew(assignment: Assignment) -> None:
    """Extend the lease: every verdict shows that the annotator is still at work."""
    Assignment.objects.filter(pk=assignment.pk).update(leased_until=timezone.now() + LEASE)


def close_if_finished(assignment: Assignment) -> None:
    """Mark the assignment as done if none of its items is open."""
    if not open_items(assignment).exists():
        Assignment.objects.filter(pk=assignment.pk).update(state=Assignment.State.DONE)
