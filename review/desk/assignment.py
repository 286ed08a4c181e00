"""Who reviews what next: an annotator holds the assignment of a dialogue until every item of it has a verdict."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from review.models import LEASE, Assignment, Round, RoundItem, Verdict


def next_item(round_: Round, annotator: User) -> RoundItem | None:
    """The annotator's next item, after taking another assignment if needed; None if the round has nothing left.

    Who comes back gets the lease renewed, also one that has run out, unless somebody else has taken it since.
    """
    while True:
        assignment = Assignment.objects.held_by(round_, annotator)
        if assignment is None:
            if not Assignment.objects.take_next(round_, annotator, LEASE):
                return None
            continue
        if not renew(assignment):
            continue
        item = open_items(assignment).first()
        if item:
            return item
        close_if_finished(assignment)


def look_at_next(round_: Round, visitor: User) -> RoundItem | None:
    """The item that the visitor would get next; nothing is taken for them, and what they hold is not renewed."""
    held = Assignment.objects.held_by(round_, visitor)
    free = (assignments.first() for assignments in Assignment.objects.free_for(round_, visitor))
    assignment = held or next(filter(None, free), None)
    return open_items(assignment).first() if assignment else None


def open_items(assignment: Assignment) -> QuerySet[RoundItem]:
    """Items of the dialogue that have no active verdict under this assignment, in the order of the conversation."""
    verdicts = Verdict.objects.active().filter(assignment=assignment, comparison=OuterRef("comparison"))
    items = RoundItem.objects.filter(~Exists(verdicts), round=assignment.round_id, dialogue=assignment.dialogue_id)
    return items.order_by("position", "id")


def own_assignment(item: RoundItem, annotator: User) -> Assignment | None:
    """The annotator's assignment of the item's dialogue, locked; None if they have none."""
    return Assignment.objects.about(item).filter(annotator=annotator).select_for_update().first()


def take_anew(item: RoundItem, annotator: User) -> Assignment | None:
    """An assignment of the item's dialogue that nobody holds, taken for the annotator; None if there is none."""
    Assignment.objects.about(item).take_next(item.round, annotator, LEASE)
    return own_assignment(item, annotator)


def renew(assignment: Assignment) -> bool:
    """Extend the lease, since the annotator is at work; False if somebody else has taken the assignment."""
    own = Assignment.objects.filter(pk=assignment.pk, annotator=assignment.annotator_id)
    return bool(own.update(leased_until=timezone.now() + LEASE))


def reopen(assignment: Assignment, annotator: User) -> None:
    """One of its items is open again: give it back to the annotator, unless somebody else is at work on it."""
    idle = Q(annotator=annotator) | Q(state=Assignment.State.DONE) | Q(leased_until__lt=timezone.now())
    until = timezone.now() + LEASE
    rows = Assignment.objects.filter(idle, pk=assignment.pk)
    rows.update(annotator=annotator, state=Assignment.State.TAKEN, leased_until=until)


def close_if_finished(assignment: Assignment) -> None:
    """Mark the assignment as done if none of its items is open."""
    if not open_items(assignment).exists():
        Assignment.objects.filter(pk=assignment.pk).update(state=Assignment.State.DONE)
