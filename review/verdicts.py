"""Writing verdicts: saved once however often they are sent, kept in every revision, withdrawn by undo."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from review.assignment import close_if_finished, renew
from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision

# What the one key says about each side, unless the person says otherwise.
ACCEPTABLE = {  # preference: (end, reference)
    "end": (True, False),
    "reference": (False, True),
    "tie": (True, True),
    "both_bad": (False, False),
}


class AssignmentLost(Exception):
    """The lease ran out and somebody else sits at this dialogue now."""


@dataclass(frozen=True)
class VerdictInput:
    """What an annotator said about one comparison."""

    key: uuid.UUID  # idempotency key of the request
    preference: str  # end | reference | tie | both_bad
    correction: str = ""
    note: str = ""
    seconds: float | None = None


@transaction.atomic
def record(annotator, item: RoundItem, verdict_input: VerdictInput) -> Verdict:
    """Save an opinion as the newest revision of the annotator's verdict. Raises SeatLost; nothing is saved then."""
    known = VerdictRevision.objects.filter(key=verdict_input.key, verdict__annotator=annotator).first()
    if known:
        return known.verdict
    assignment = _own_assignment(annotator, item)
    verdict, is_new = Verdict.objects.select_for_update().get_or_create(
        annotator=annotator,
        round_id=item.round_id,
        comparison_id=item.comparison_id,
        defaults={"assignment": assignment, "item": item},
    )
    was_active = not is_new and not verdict.withdrawn
    end_acceptable, reference_acceptable = ACCEPTABLE[verdict_input.preference]
    _revise(
        verdict,
        key=verdict_input.key,
        preference=verdict_input.preference,
        end_acceptable=end_acceptable,
        reference_acceptable=reference_acceptable,
        correction=verdict_input.correction,
        note=verdict_input.note,
        seconds=verdict_input.seconds,
    )
    if not was_active:
        Round.objects.filter(pk=item.round_id).update(verdict_count=F("verdict_count") + 1)
    renew(assignment)
    close_if_finished(assignment)
    return verdict


@transaction.atomic
def undo(annotator, round_: Round, key: uuid.UUID) -> RoundItem | None:
    """Withdraw the annotator's latest active verdict and give its item back; None where there is none."""
    known = VerdictRevision.objects.filter(key=key, verdict__annotator=annotator).first()
    if known:
        return known.verdict.item
    verdict = Verdict.objects.latest_of(round_, annotator)
    if verdict is None:
        return None
    last = verdict.current
    kept = {
        name: getattr(last, name)
        for name in ("preference", "end_acceptable", "reference_acceptable", "correction", "note", "left_side")
    }
    _revise(verdict, key=key, withdrawn=True, **kept)
    Round.objects.filter(pk=round_.pk).update(verdict_count=F("verdict_count") - 1)
    Assignment.objects.filter(pk=verdict.assignment_id, annotator=annotator).update(state=Assignment.State.TAKEN)
    renew(verdict.assignment)
    return verdict.item


def _own_assignment(annotator, item: RoundItem) -> Assignment:
    assignments = Assignment.objects.select_for_update().filter(round=item.round_id, dialogue=item.dialogue_id)
    assignment = assignments.filter(annotator=annotator).first()
    if assignment is None:
        raise AssignmentLost(
            _("Your time on this dialogue ran out and it was given to another annotator. This verdict was not saved.")
        )
    return assignment


def _revise(verdict: Verdict, **values) -> None:
    verdict.current = VerdictRevision.objects.create(verdict=verdict, **values)
    verdict.withdrawn = verdict.current.withdrawn
    verdict.save()
