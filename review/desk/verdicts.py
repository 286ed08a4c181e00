"""Saving verdicts: once however often they are sent, with every revision kept; undo withdraws the latest."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils.translation import gettext as _

from ecc_site.core.conflicts import again_after_conflict
from ecc_site.core.errors import ExpectedError
from review.desk.assignment import close_if_finished, own_assignment, renew, reopen, take_anew
from review.desk.verdict_input import OPINION, VerdictInput, opinion_of, seen_by
from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision
from review.remembering import remember

# What a preference implies about each side, unless the person says otherwise.
ACCEPTABLE = {  # preference: (end, reference)
    "end": (True, False),
    "reference": (False, True),
    "tie": (True, True),
    "both_bad": (False, False),
}
REPEATED_BY_UNDO = (*OPINION, "end_acceptable", "reference_acceptable", "left_side")


class NotSaved(ExpectedError):
    """A verdict was refused. `item_stays`: the annotator may give it again."""

    status = 409
    item_stays = True


class AssignmentLost(NotSaved):
    """The lease ran out and somebody else has the dialogue now."""

    item_stays = False


class Overtaken(NotSaved):
    """The annotator has said something else since the page was opened, in another tab."""


class KeyTaken(NotSaved):
    """Somebody else has sent a request with this key."""

    status = 422


@again_after_conflict
def record(annotator: User, item: RoundItem, verdict_input: VerdictInput) -> Verdict:
    """Save the input as the newest revision of the annotator's verdict; an input sent before changes nothing.

    Raises NotSaved; nothing is saved then.
    """
    said = verdict_input.about(item.comparison)
    assignment = own_assignment(item, annotator)
    key = _unused_key(annotator, item, said)
    if key is None:
        return Verdict.objects.get(annotator=annotator, item=item)
    assignment = assignment or take_anew(item, annotator)
    if assignment is None:
        raise AssignmentLost(
            _("Your time on this dialogue ran out and it was given to another annotator. This verdict was not saved.")
        )
    verdict = _verdict(annotator, item, assignment)
    _refuse_if_overtaken(verdict, item, said)
    if verdict.current is None or verdict.withdrawn:
        Round.objects.filter(pk=item.round_id).update(verdict_count=F("verdict_count") + 1)
    _revise(verdict, key=key, seconds=said.seconds, **opinion_of(said), **_acceptable(said), **seen_by(said))
    remember(verdict, annotator)
    renew(assignment)
    close_if_finished(assignment)
    return verdict


@again_after_conflict
def undo(annotator: User, round_: Round, key: uuid.UUID) -> RoundItem | None:
    """Withdraw the annotator's latest active verdict and return its item; None if there is no such verdict.

    A key sent before withdraws nothing more. Raises NotSaved.
    """
    recorded = _recorded(annotator, key)
    if recorded:
        return recorded.verdict.item
    verdict = _latest_locked(annotator, round_)
    if verdict is None:
        return None
    repeated = {name: getattr(verdict.current, name) for name in REPEATED_BY_UNDO}
    _revise(verdict, key=key, withdrawn=True, **repeated)
    remember(verdict, annotator)
    Round.objects.filter(pk=round_.pk).update(verdict_count=F("verdict_count") - 1)
    reopen(verdict.assignment, annotator)
    return verdict.item


def _recorded(annotator: User, key: uuid.UUID) -> VerdictRevision | None:
    """What a request of the annotator with this key has already written. Raises KeyTaken if another person sent it."""
    revision = VerdictRevision.objects.filter(key=key).select_related("verdict__item").first()
    if revision and revision.verdict.annotator_id != annotator.pk:
        raise KeyTaken(_("This form was already sent from another account. Nothing was saved; please give it again."))
    return revision


def _unused_key(annotator: User, item: RoundItem, said: VerdictInput) -> uuid.UUID | None:
    """The key to save the input under, None if it has been saved: one key with two opinions is two revisions."""
    recorded = _recorded(annotator, said.key)
    if recorded is None:
        return said.key
    key = said.key_of_opinion(item)
    return None if said.repeats(recorded, item) or _recorded(annotator, key) else key


def _verdict(annotator: User, item: RoundItem, assignment: Assignment) -> Verdict:
    """The annotator's verdict about the item, locked; new if there is none."""
    verdict, _is_new = Verdict.objects.select_for_update().get_or_create(
        annotator=annotator,
        round_id=item.round_id,
        comparison_id=item.comparison_id,
        defaults={"assignment": assignment, "item": item},
    )
    verdict.assignment = assignment  # a withdrawn verdict may be from an earlier one
    return verdict


def _refuse_if_overtaken(verdict: Verdict, item: RoundItem, said: VerdictInput) -> None:
    current = verdict.current
    known = said.revision is None or said.revision == (current.pk if current else 0)
    if known or current is None or said.comes_from_the_page_of(current, item):
        return
    text = _("Not saved: in another tab you have said “%(preference)s” here. Give your verdict again to replace that.")
    raise Overtaken(text % {"preference": current.get_preference_display()})


def _latest_locked(annotator: User, round_: Round) -> Verdict | None:
    """The verdict to undo. Its assignment is locked first, as by `record`, so that the two cannot block each other."""
    latest = Verdict.objects.latest_of(round_, annotator)
    if latest is None:
        return None
    Assignment.objects.select_for_update().get(pk=latest.assignment_id)
    return Verdict.objects.active().select_for_update().filter(pk=latest.pk).first()


def _acceptable(said: VerdictInput) -> dict[str, bool]:
    end, reference = ACCEPTABLE[said.preference]
    return {"end_acceptable": end, "reference_acceptable": reference}


def _revise(verdict: Verdict, **values: Any) -> None:
    verdict.current = VerdictRevision.objects.create(verdict=verdict, **values)
    verdict.withdrawn = verdict.current.withdrawn
    verdict.save()
