"""Saving verdicts: once however often they are sent, with every revision kept; undo withdraws the latest."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dialogues.models import Comparison
from review.assignment import close_if_finished, renew
from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision

# What a preference implies about each side, unless the person says otherwise.
ACCEPTABLE = {  # preference: (end, reference)
    "end": (True, False),
    "reference": (False, True),
    "tie": (True, True),
    "both_bad": (False, False),
}
REPEATED_BY_UNDO = ("preference", "end_acceptable", "reference_acceptable", "correction", "note", "left_side")


class AssignmentLost(Exception):
    """The lease ran out and somebody else has the dialogue now."""


@dataclass(frozen=True)
class VerdictInput:
    """An annotator's opinion of one comparison, as it was sent."""

    key: uuid.UUID  # idempotency key of the request
    preference: str  # end | reference | tie | both_bad
    correction: str = ""
    note: str = ""
    seconds: float | None = None

    def of(self, comparison: Comparison) -> VerdictInput:
        """The input without a correction that only repeats one of the two answers that were offered."""
        offered = (comparison.end.text.split(), comparison.reference.text.split())
        return replace(self, correction="") if self.correction.split() in offered else self


@transaction.atomic
def record(annotator: User, item: RoundItem, verdict_input: VerdictInput) -> Verdict:
    """Save the input as the newest revision of the annotator's verdict; an input sent before changes nothing.

    Raises AssignmentLost; nothing is saved then.
    """
    recorded = _recorded(verdict_input.key, annotator)
    if recorded:
        return recorded
    assignment = _own_assignment(annotator, item)
    verdict, is_new = Verdict.objects.select_for_update().get_or_create(
        annotator=annotator,
        round_id=item.round_id,
        comparison_id=item.comparison_id,
        defaults={"assignment": assignment, "item": item},
    )
    was_active = not is_new and not verdict.withdrawn
    _revise(verdict, **_fields(verdict_input.of(item.comparison)))
    if not was_active:
        Round.objects.filter(pk=item.round_id).update(verdict_count=F("verdict_count") + 1)
    renew(assignment)
    close_if_finished(assignment)
    return verdict


@transaction.atomic
def undo(annotator: User, round_: Round, key: uuid.UUID) -> RoundItem | None:
    """Withdraw the annotator's latest active verdict and return its item; None if there is no such verdict.

    A key sent before withdraws nothing more.
    """
    recorded = _recorded(key, annotator)
    if recorded:
        return recorded.item
    verdict = Verdict.objects.latest_of(round_, annotator)
    if verdict is None:
        return None
    repeated = {name: getattr(verdict.current, name) for name in REPEATED_BY_UNDO}
    _revise(verdict, key=key, withdrawn=True, **repeated)
    Round.objects.filter(pk=round_.pk).update(verdict_count=F("verdict_count") - 1)
    Assignment.objects.filter(pk=verdict.assignment_id, annotator=annotator).update(state=Assignment.State.TAKEN)
    renew(verdict.assignment)
    return verdict.item


def _recorded(key: uuid.UUID, annotator: User) -> Verdict | None:
    """The annotator's verdict that a request with this key has already written."""
    revision = VerdictRevision.objects.filter(key=key, verdict__annotator=annotator).first()
    return revision.verdict if revision else None


def _fields(verdict_input: VerdictInput) -> dict[str, Any]:
    end_acceptable, reference_acceptable = ACCEPTABLE[verdict_input.preference]
    return asdict(verdict_input) | {"end_acceptable": end_acceptable, "reference_acceptable": reference_acceptable}


def _own_assignment(annotator: User, item: RoundItem) -> Assignment:
    assignments = Assignment.objects.select_for_update().filter(round=item.round_id, dialogue=item.dialogue_id)
    assignment = assignments.filter(annotator=annotator).first()
    if assignment is None:
        raise AssignmentLost(
            _("Your time on this dialogue ran out and it was given to another annotator. This verdict was not saved.")
        )
    return assignment


def _revise(verdict: Verdict, **values: Any) -> None:
    verdict.current = VerdictRevision.objects.create(verdict=verdict, **values)
    verdict.withdrawn = verdict.current.withdrawn
    verdict.save()
