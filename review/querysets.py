"""Queries about rounds, assignments and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from review.models import Assignment, Round, RoundItem, Verdict


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def open_to(self, annotator: User) -> Self:
        """Open ones that everybody reviews, or this annotator among others."""
        return self.open().filter(Q(annotators=None) | Q(annotators=annotator))

    def reviewed_by(self, annotator: User) -> Self:
        """Those that are open to the annotator, or in which they have given a verdict."""
        verdicts = apps.get_model("review", "Verdict").objects.filter(annotator=annotator, round=OuterRef("pk"))
        return self.filter(Q(pk__in=self.model.objects.open_to(annotator).values("pk")) | Exists(verdicts))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def about(self, item: RoundItem) -> Self:
        """The assignments of the item's dialogue."""
        return self.filter(round=item.round_id, dialogue=item.dialogue_id)

    def held_by(self, round_: Round, annotator: User) -> Assignment | None:
        """The annotator's most recent unfinished assignment in the round, None if there is none."""
        return self.filter(round=round_, annotator=annotator, state="taken").order_by("-leased_until").first()

    def free_for(self, round_: Round, annotator: User) -> Iterator[Self]:
        """Where to look for the annotator's next assignment, in this order; each has the most urgent first.

        They are unheld assignments of dialogues for which the annotator has no assignment, and no verdict under
        another. Each is in the order of an index, and stops at its first row or soon after. A round with overlap has
        many free assignments of dialogues that the annotator has had, so free ones are looked for behind the furthest
        of their own first.
        """
        new = self.filter(round=round_).new_to(round_, annotator)
        yield new.filter(state="taken", leased_until__lt=timezone.now()).order_by("leased_until", "id")
        furthest = self.model.objects.filter(round=round_, annotator=annotator).aggregate(Max("priority"))
        free = new.filter(state="free").order_by("priority", "id")
        if reached := furthest["priority__max"]:
            yield free.filter(priority__gt=reached)
        yield free

    def new_to(self, round_: Round, annotator: User) -> Self:
        """Of dialogues for which the annotator has no assignment, and no verdict under another."""
        own = self.model.objects.filter(round=round_, annotator=annotator, dialogue=OuterRef("dialogue"))
        verdicts = apps.get_model("review", "Verdict").objects.active()
        verdicts = verdicts.filter(annotator=annotator, round=round_, comparison=OuterRef("comparison"))
        elsewhere = verdicts.exclude(assignment=OuterRef(OuterRef("pk")))
        items = apps.get_model("review", "RoundItem").objects.filter(round=round_, dialogue=OuterRef("dialogue"))
        return self.filter(~Exists(own), ~Exists(items.filter(Exists(elsewhere))))

    def unheld(self) -> Self:
        """Free, or taken with a lease that has run out."""
        return self.filter(Q(state="free") | Q(state="taken", leased_until__lt=timezone.now()))

    def take_next(self, round_: Round, annotator: User, lease: timedelta) -> bool:
        """Give the annotator the most urgent free one of these assignments; False if there is none."""
        until = timezone.now() + lease
        try:
            with transaction.atomic():
                first = next(filter(None, map(lock_first, self.free_for(round_, annotator))), None)
                updated = self.unheld().filter(pk=first).update(annotator=annotator, state="taken", leased_until=until)
                return bool(updated)
        except IntegrityError:
            return True  # the same person asked twice at once and has an assignment from the other request


def lock_first(candidates: models.QuerySet) -> int | None:
    """Id of the first candidate, locked until the transaction ends; None if there is none.

    On PostgreSQL two people who ask at once get different candidates. There it has to be a query of its own: as a
    subquery of an UPDATE it may be evaluated for every row, and lock and change another one each time. SQLite needs no
    lock, since it lets only one transaction write.
    """
    if connection.features.has_select_for_update_skip_locked:
        candidates = candidates.select_for_update(skip_locked=True, of=("self",))
    return candidates.values_list("pk", flat=True).first()


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def active(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn=False)

    def latest_of(self, round_: Round, annotator: User) -> Verdict | None:
        """The annotator's newest active verdict in the round, which undo withdraws; None if there is none."""
        return self.active().filter(round=round_, annotator=annotator).order_by("-updated_at").first()
