"""Who reviews what next: an annotator holds the assignment of a dialogue until every item of it has a verdict.

An annotator's page has several items ahead, so that the next is there when the key is pressed. Therefore they may hold
several assignments at once; they walk through them in the order of the round, and deferred ones come last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from math import ceil

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from review.models import LEASE, Assignment, Round, RoundItem

LOOKAHEAD = 5  # items that an annotator's page has
RENEWED_AFTER = timedelta(minutes=1)  # a lease that somebody still works under; so not every request writes it
SCARCE = 250  # with fewer verdicts left than this a page has the shown item and the next, so that others have work


def lookahead(round_: Round) -> int:
    """How many items a page of the round may have now."""
    return 2 if round_.wanted_count - round_.verdict_count < SCARCE else LOOKAHEAD


def next_items(round_: Round, annotator: User, count: int, on_hand: Collection[int] = ()) -> list[RoundItem]:
    """The annotator's next items, at most `count` and none of those with the ids `on_hand`.

    Further assignments are taken where needed, and the leases of all that the annotator holds are renewed, also those
    that have run out, unless somebody else has taken them since.
    """
    held = _renewed(round_, annotator)
    items, deferred = _open_under(held)
    items = [item for item in items if item.pk not in on_hand]
    reached = max((assignment.priority for assignment in held), default=None)
    while (missing := count - len(items)) > 0:
        taken = Assignment.objects.take(round_, annotator, LEASE, _dialogues_for(round_, missing), reached)
        known = {*on_hand, *(item.pk for item in [*items, *deferred])}
        if not taken:
            break
        items += [item for item in _walked(taken)[0] if item.pk not in known]
    return [*items, *(item for item in deferred if item.pk not in on_hand)][:count]


def _dialogues_for(round_: Round, items: int) -> int:
    """How many dialogues of the round have so many items, as a rule: nobody holds more than they need."""
    return max(1, ceil(items * round_.dialogue_count / round_.item_count)) if round_.item_count else items


def next_item(round_: Round, annotator: User) -> RoundItem | None:
    """The first of them; None if the round has nothing left for the annotator."""
    return next(iter(next_items(round_, annotator, 1)), None)


def look_at_next(round_: Round, visitor: User) -> RoundItem | None:
    """The item that the visitor would get next; nothing is taken for them, and what they hold is not renewed."""
    held = Assignment.objects.held_by(round_, visitor).first()
    free = (assignments.first() for assignments in Assignment.objects.free_for(round_, visitor))
    assignment = held or next(filter(None, free), None)
    return RoundItem.objects.open_under([assignment]).first() if assignment else None


def _renewed(round_: Round, annotator: User) -> list[Assignment]:
    """The assignments that the annotator holds, with leases that have (almost) all of their time before them."""
    held = list(Assignment.objects.held_by(round_, annotator))
    renewed = timezone.now() + LEASE - RENEWED_AFTER
    if all(assignment.leased_until and assignment.leased_until > renewed for assignment in held):
        return held
    Assignment.objects.renew(round_, annotator, LEASE)
    return list(Assignment.objects.held_by(round_, annotator))


def _open_under(held: list[Assignment]) -> tuple[list[RoundItem], list[RoundItem]]:
    """What is open under them: first the usual ones, then those put off. Those under which nothing is are finished."""
    items, finished = _walked(held)
    if finished:
        Assignment.objects.filter(pk__in=finished).update(state=Assignment.State.DONE)
    put_off = {assignment.dialogue_id for assignment in held if assignment.deferred_at}
    usual = [item for item in items if item.dialogue_id not in put_off]
    return usual, [item for item in items if item.dialogue_id in put_off]


def _walked(assignments: list[Assignment]) -> tuple[list[RoundItem], list[int]]:
    """What is open under them, in their order, and the ids of those under which nothing is."""
    by_dialogue: dict[int, list[RoundItem]] = {assignment.dialogue_id: [] for assignment in assignments}
    for item in RoundItem.objects.open_under(assignments) if assignments else []:
        by_dialogue[item.dialogue_id].append(item)
    finished = [assignment.pk for assignment in assignments if not by_dialogue[assignment.dialogue_id]]
    return [item for items in by_dialogue.values() for item in items], finished


def own_assignment(item: RoundItem, annotator: User) -> Assignment | None:
    """The annotator's assignment of the item's dialogue, locked; None if they have none."""
    return Assignment.objects.about(item).filter(annotator=annotator).select_for_update().first()


def take_anew(item: RoundItem, annotator: User) -> Assignment | None:
    """An assignment of the item's dialogue that nobody holds, taken for the annotator; None if there is none."""
    Assignment.objects.about(item).take(item.round, annotator, LEASE)
    return own_assignment(item, annotator)


def reopen(assignment: Assignment, annotator: User) -> None:
    """One of its items is open again: give it back to the annotator, unless somebody else is at work on it."""
    idle = Q(annotator=annotator) | Q(state=Assignment.State.DONE) | Q(leased_until__lt=timezone.now())
    rows: QuerySet[Assignment] = Assignment.objects.filter(idle, pk=assignment.pk)
    until = timezone.now() + LEASE
    rows.update(annotator=annotator, state=Assignment.State.TAKEN, leased_until=until, deferred_at=None)
