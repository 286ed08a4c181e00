"""Queries about rounds, assignments and verdicts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from review.models import Assignment, Round, RoundItem, Verdict


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(is_open=True)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def about(self, item: RoundItem) -> Self:
        """The assignments of the item's dialogue."""
        return self.filter(round=item.round_id, dialogue=item.dialogue_id)

    def held_by(self, round_: Round, annotator: User) -> Assignment | None:
        """The annotator's most recent unfinished assignment in the round, None if there is none."""
        return self.filter(round=round_, annotator=annotator, state="taken").order_by("-leased_until").first()

    def free_for(self, round_: Round, annotator: User) -> Self:
        """Unheld assignments of dialogues for which the annotator has no assignment, and no verdict under another."""
        assignments = self.model.objects.filter(round=round_, annotator=annotator, dialogue=OuterRef("dialogue"))
        active = apps.get_model("review", "Verdict").objects.active()
        verdicts = active.filter(round=round_, annotator=annotator, item__dialogue=OuterRef("dialogue"))
        verdicts = verdicts.exclude(assignment=OuterRef("pk"))
        return self.unheld().filter(~Exists(assignments), ~Exists(verdicts), round=round_).order_by("priority", "id")

    def unheld(self) -> Self:
        """Free, or taken with a lease that has run out."""
        return self.filter(Q(state="free") | Q(state="taken", leased_until__lt=timezone.now()))

    def take_next(self, round_: Round, annotator: User, lease: timedelta) -> bool:
        """Give the annotator the most urgent free one of these assignments; False if there is none."""
        until = timezone.now() + lease
        try:
            with transaction.atomic():
                first = lock_first(self.free_for(round_, annotator))
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
