"""Who reviews what next: an annotator keeps a seat at a dialogue until every item of it has a verdict."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from review.models import LEASE, Round, RoundItem, Seat, Verdict


def next_item(round_: Round, annotator) -> RoundItem | None:
    """The annotator's next item, taking a new seat where none is held; None where the round has nothing left."""
    while True:
        seat = Seat.objects.held_by(round_, annotator)
        if seat is None:
            if not Seat.objects.take_next(round_, annotator, LEASE):
                return None
            continue
        item = open_items(seat).first()
        if item:
            return item
        close_if_finished(seat)


def open_items(seat: Seat):
    """Items of the seat's dialogue without a standing verdict at this seat, in the order of the conversation."""
    judged = Verdict.objects.standing().filter(seat=seat, comparison=OuterRef("comparison"))
    items = RoundItem.objects.filter(~Exists(judged), round=seat.round_id, dialogue=seat.dialogue_id)
    return items.order_by("position", "id")


def renew(seat: Seat) -> None:
    """Keep the seat for another while: every verdict shows that its annotator is there."""
    Seat.objects.filter(pk=seat.pk).update(leased_until=timezone.now() + LEASE)


def close_if_finished(seat: Seat) -> None:
    if not open_items(seat).exists():
        Seat.objects.filter(pk=seat.pk).update(state=Seat.State.DONE)
