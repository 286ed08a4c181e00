"""Questions to rounds, assignments and verdicts."""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone


class RoundQuerySet(models.QuerySet):
    def open(self):
        return self.filter(is_open=True)


class AssignmentQuerySet(models.QuerySet):
    def held_by(self, round_, annotator):
        """The assignment of the round where this annotator was last, None where there is none."""
        return self.filter(round=round_, annotator=annotator, state="taken").order_by("-leased_until").first()

    def free_for(self, round_, annotator):
        """Assignments that nobody holds, of dialogues that the annotator has neither been assigned nor judged."""
        assignments = self.model.objects.filter(round=round_, annotator=annotator, dialogue=OuterRef("dialogue"))
        verdicts = apps.get_model("review", "Verdict").objects.active()
        judged = verdicts.filter(round=round_, annotator=annotator, item__dialogue=OuterRef("dialogue"))
        return self.unheld().filter(~Exists(assignments), ~Exists(judged), round=round_).order_by("priority", "id")

    def unheld(self):
        """Free, or taken by somebody whose lease has run out."""
        return self.filter(Q(state="free") | Q(state="taken", leased_until__lt=timezone.now()))

    def take_next(self, round_, annotator, lease) -> bool:
        """Seat the annotator at the most urgent dialogue; False where nothing is free."""
        until = timezone.now() + lease
        try:
            with transaction.atomic():
                chosen = lock_first(self.model.objects.free_for(round_, annotator))
                mine = self.unheld().filter(pk=chosen)
                return bool(mine.update(annotator=annotator, state="taken", leased_until=until))
        except IntegrityError:
            return True  # the same person asked twice at once and has an assignment by the other request


def lock_first(candidates: models.QuerySet) -> int | None:
    """Id of the first candidate, locked until the transaction ends; None where there is none.

    On PostgreSQL two people who ask at once get different ones. It is a query of its own there: as a subquery of an
    UPDATE it may be evaluated once a row, and lock and change one row each time. SQLite lets one transaction write.
    """
    if connection.features.has_select_for_update_skip_locked:
        candidates = candidates.select_for_update(skip_locked=True, of=("self",))
    return candidates.values_list("pk", flat=True).first()


class VerdictQuerySet(models.QuerySet):
    def active(self):
        return self.filter(withdrawn=False)

    def latest_of(self, round_, annotator):
        """The verdict that undo reopens, None where there is none."""
        return self.active().filter(round=round_, annotator=annotator).order_by("-updated_at").first()
