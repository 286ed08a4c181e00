"""Saving verdicts: once however often they are sent, with every revision kept; undo withdraws the latest."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from ecc_site.core.conflicts import again_after_conflict
from ecc_site.core.errors import ExpectedError
from review.desk.assignment import reopen, take_anew
from review.desk.copies import propagate, withdraw_copies
from review.desk.counters import QUICK_S, Count, counting
from review.desk.disputes import mark_disputes
from review.desk.known import Known
from review.desk.sides import left_side
from review.desk.verdict_input import REPEATED, VerdictInput, opinion_of
from review.models import LEASE, Assignment, Round, RoundItem, Verdict, VerdictRevision
from review.remembering import remember, remember_others

# What a preference implies about each side, unless the person says otherwise.
ACCEPTABLE = {  # preference: (end, reference)
    "end": (True, False),
    "reference": (False, True),
    "tie": (True, True),
    "both_bad": (False, False),
}


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
    known = Known(annotator, item.round, [(item, verdict_input)])
    with counting(item.round, annotator) as count:
        verdict = prepare(known, item, verdict_input, count)
        finish(known, item.round, count)
    Assignment.objects.renew(item.round, annotator, LEASE)
    if verdict.assignment:
        Assignment.objects.close_if_finished(verdict.assignment)
    return verdict


def prepare(known: Known, item: RoundItem, verdict_input: VerdictInput, count: Count) -> Verdict:
    """As `record`, inside its transaction, for several in a row; `finish` has to follow.

    What changes in the counters is added to `count`. Raises NotSaved, before anything is written.
    """
    said = verdict_input.about(item.comparison)
    key = _unused_key(known, item, said)
    if key is None:
        return known.verdict_about(item)
    assignment = known.assignments.get(item.dialogue_id) or take_anew(item, known.annotator)
    if assignment is None:
        raise AssignmentLost(
            _("Your time on this dialogue ran out and it was given to another annotator. This verdict was not saved.")
        )
    verdict = known.verdicts.get(item.pk)
    _refuse_if_overtaken(verdict, item, said)
    how = _how_it_was_shown(item, known.annotator, verdict)
    if verdict is None or verdict.withdrawn or verdict.assignment is None:
        count.own += 1
        count.quick += said.seconds is not None and said.seconds < QUICK_S
    if verdict and verdict.pk is None:  # sent with this one
        finish(known, item.round, count)
    verdict = verdict or _new(known.annotator, item)
    verdict.assignment = assignment  # a withdrawn verdict may be from an earlier one
    decides = verdict.adjudicates and not verdict.withdrawn
    values = {**opinion_of(said), **_acceptable(said), **how}
    known.revise(verdict, key=key, seconds=said.seconds, adjudicates=decides, **values)
    return verdict


def finish(known: Known, round_: Round, count: Count) -> None:
    """Store what is prepared, and all that follows from it."""
    written = known.write()
    mark_disputes(round_, {verdict.item_id for verdict in written})
    for verdict in written:
        if verdict.adjudicates:
            remember_others(verdict, known.annotator)  # first, so that what it stands by is there already
        remember(verdict, known.annotator)
        if round_.propagates:
            count.copies += propagate(verdict)


@again_after_conflict
def decide(manager: User, item: RoundItem, verdict_input: VerdictInput) -> Verdict:
    """Save the input as the manager's decision between what others said; an input sent before changes nothing.

    It is none of the verdicts that the round wants, unless the manager has given it at the desk and revises it now.
    Raises KeyTaken.
    """
    known, said = Known(manager, item.round, [(item, verdict_input)]), verdict_input.about(item.comparison)
    key = _unused_key(known, item, said)
    if key is None:
        return known.verdict_about(item)
    verdict = known.verdicts.get(item.pk) or _new(manager, item)
    if verdict.withdrawn:
        verdict.assignment = None  # it may have gone to somebody else
    known.revise(verdict, key=key, adjudicates=True, **opinion_of(said), **_acceptable(said))
    finish(known, item.round, Count())
    return verdict


@again_after_conflict
def take_decision_back(manager: User, item: RoundItem, key: uuid.UUID) -> bool:
    """Withdraw the manager's own decision; False if there is none. What they said at the desk stays their opinion.

    A key sent before changes nothing more. Raises KeyTaken.
    """
    if _recorded(manager, key):
        return True
    own = Verdict.objects.active().filter(annotator=manager, item=item, adjudicates=True)
    verdict = own.select_for_update(of=("self",)).select_related("current", "assignment").first()
    if verdict is None:
        return False
    repeated = {name: getattr(verdict.newest, name) for name in REPEATED}
    was_asked = verdict.assignment_id is not None
    _revise(verdict, key=key, withdrawn=not was_asked, adjudicates=not was_asked, **repeated)
    mark_disputes(item.round, [item.pk])
    remember(verdict, manager)
    remember_others(verdict, manager)
    if item.round.propagates:
        propagate(verdict)
    return True


@again_after_conflict
def undo(annotator: User, round_: Round, key: uuid.UUID) -> RoundItem | None:
    """Withdraw the annotator's latest active verdict and return its item; None if there is no such verdict.

    A key sent before withdraws nothing more. Raises NotSaved.
    """
    recorded = _recorded(annotator, key)
    if recorded:
        return recorded.verdict.item
    verdict = _latest_locked(annotator, round_)
    if verdict is None or verdict.assignment is None:
        return None
    current = verdict.newest
    repeated = {name: getattr(current, name) for name in REPEATED}
    _revise(verdict, key=key, withdrawn=True, **repeated)
    mark_disputes(round_, [verdict.item_id])
    remember(verdict, annotator)
    with counting(round_, annotator) as count:
        count.own -= 1
        count.copies -= withdraw_copies(verdict)
        count.quick -= current.seconds is not None and current.seconds < QUICK_S
    reopen(verdict.assignment, annotator)
    return verdict.item


def _recorded(annotator: User, key: uuid.UUID) -> VerdictRevision | None:
    """What a request of the annotator with this key has already written. Raises KeyTaken if another person sent it."""
    revision = VerdictRevision.objects.filter(key=key).select_related("verdict__item").first()
    return _own(revision, annotator)


def _own(revision: VerdictRevision | None, annotator: User) -> VerdictRevision | None:
    if revision and revision.verdict.annotator_id != annotator.pk:
        raise KeyTaken(_("This form was already sent from another account. Nothing was saved; please give it again."))
    return revision


def _unused_key(known: Known, item: RoundItem, said: VerdictInput) -> uuid.UUID | None:
    """The key to save the input under, None if it has been saved: one key with two opinions is two revisions."""
    recorded = _own(known.revisions.get(said.key), known.annotator)
    if recorded is None:
        return said.key
    key = said.key_of_opinion(item)
    return None if said.repeats(recorded, item) or _recorded(known.annotator, key) else key


def _new(annotator: User, item: RoundItem) -> Verdict:
    return Verdict(annotator=annotator, round=item.round, comparison=item.comparison, item=item)


def _refuse_if_overtaken(verdict: Verdict | None, item: RoundItem, said: VerdictInput) -> None:
    current = verdict.current if verdict else None
    known = said.revision is None or said.revision == (current.pk if current else 0)
    if known or current is None or said.comes_from_the_page_of(current, item):
        return
    text = _("Not saved: in another tab you have said “%(preference)s” here. Give your verdict again to replace that.")
    raise Overtaken(text % {"preference": current.get_preference_display()})


def _latest_locked(annotator: User, round_: Round) -> Verdict | None:
    """The verdict to undo. Its assignment is locked first, as by `record`, so that the two cannot block each other."""
    latest = Verdict.objects.latest_of(round_, annotator)
    if latest is None or latest.assignment_id is None:
        return None
    Assignment.objects.select_for_update().get(pk=latest.assignment_id)
    return Verdict.objects.of_the_desk().select_for_update().filter(pk=latest.pk).first()


def _how_it_was_shown(item: RoundItem, annotator: User, verdict: Verdict | None) -> dict[str, Any]:
    """What the annotator had before their eyes; who has said something in a round that hides scores has seen them."""
    round_ = item.round
    is_second_look = round_.hides_scores and verdict is not None
    return {
        "left_side": left_side(round_, item, annotator.pk),
        "scores_seen": is_second_look or not round_.hides_scores,
        "after_reveal": is_second_look,
        "guideline_version": round_.guideline_version if round_.guideline else None,
    }


def _acceptable(said: VerdictInput) -> dict[str, bool]:
    end, reference = ACCEPTABLE[said.preference]
    return {"end_acceptable": end, "reference_acceptable": reference}


def _revise(verdict: Verdict, **values: Any) -> None:
    verdict.current = VerdictRevision.objects.create(verdict=verdict, **values)
    verdict.withdrawn, verdict.adjudicates = verdict.current.withdrawn, verdict.current.adjudicates
    verdict.save()
