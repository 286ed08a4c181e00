"""What a verdict leaves in the memory: the reply that the person wrote or accepted, for as long as they stand by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues.held_out import HeldOutReplies
from dialogues.models import Dialogue, Turn
from knowledge.models import Clock, Entry
from review.human_replies import may_teach, replies_of
from review.models import Verdict

OVERRULED = "a manager decided otherwise"  # the reason in the memory's revisions


def remember(verdict: Verdict, by: User) -> None:
    """Bring the entry of a verdict up to date; in the transaction that saves the verdict.

    An entry is made of the question, with the customer's turn before it, and the reply. It acts at once or waits for a
    manager's approval, as its dataset says. What a test dialogue has as well is not remembered (invariant 4), nor what
    a manager's decision about the item has overruled.
    """
    if verdict.entry is None and not verdict.overruled and not may_teach(verdict):
        return
    reply = _reply_of(verdict)
    was_overruled, verdict.overruled = verdict.overruled, _is_overruled(verdict, reply)
    if was_overruled != verdict.overruled:
        verdict.save(update_fields=["overruled"])
    turn, entry = verdict.comparison.turn, _entry_of(verdict)
    if reply is None or verdict.overruled or HeldOutReplies([turn.text]).has(turn.text, reply):
        _take_back(verdict, by)
    elif entry and not was_overruled and _differs(entry, reply) and _says_it_again(verdict):
        return  # a manager has rewritten or removed it since the person said so, and a new note is no new reply
    elif was_overruled and entry and entry.text == reply:
        _bring_back(entry, by)
    else:
        _stand_by(verdict, reply, by)


def _stand_by(verdict: Verdict, reply: str, by: User) -> None:
    """Have the entry of the verdict say this; what others have a part in stays as it is, and another is made."""
    turn, entry = verdict.comparison.turn, _entry_of(verdict)
    if entry and entry.text != reply and (_is_shared(entry, verdict) or Entry.objects.that_took(entry)):
        _take_back(verdict, by)
        entry = None
    if entry is None or entry.state == Entry.State.REMOVED:
        known = _known(turn, reply)
        if known or entry is None:
            verdict.entry = known or _new(turn, reply, by)
            verdict.save(update_fields=["entry"])
            return
    if _differs(entry, reply):
        entry.change(by=by, text=reply, state=_state(turn))


def remember_others(decision: Verdict, by: User) -> None:
    """After a decision was made, changed or taken back: what it overrules leaves the memory, and else comes back."""
    others = Verdict.objects.active().filter(item=decision.item_id).exclude(pk=decision.pk)
    leaving_something = others.filter(Q(entry__isnull=False) | Q(overruled=True)).order_by("current")
    for other in leaving_something.select_related("entry", "current", "round"):
        if other.overruled != _is_overruled(other, _reply_of(other)):
            remember(other, by)


def remember_by_hand(verdict: Verdict, reply: str, by: User) -> bool:
    """A manager wants the reply that a verdict teaches remembered; whether that changes the memory.

    What the verdict has left acts from now on. Where it has left nothing, an entry is made, which goes when the verdict
    is taken back. What somebody has rewritten or removed stays so.
    """
    verdict = _leader(verdict)
    if verdict.withdrawn or verdict.overruled:
        return False
    entry = _entry_of(verdict)
    if entry is None:
        turn = verdict.comparison.turn
        entry = verdict.entry = _known(turn, reply) or _new(turn, reply, by)
        verdict.save(update_fields=["entry"])
    elif entry.text != reply or entry.state != Entry.State.PROPOSED:
        return False
    entry.restore(by=by)
    return True


def _leader(verdict: Verdict) -> Verdict:
    """The verdict that this one follows, of pairs that are judged once; itself where it follows none."""
    led_by = Verdict.objects.filter(annotator=verdict.annotator_id, item=verdict.item.same_as_id)
    return (led_by.first() if verdict.item.same_as_id else None) or verdict


def _entry_of(verdict: Verdict) -> Entry | None:
    """What it has left; where that was erased with a copy of its dialogue, nothing."""
    return None if verdict.entry is None or verdict.entry.is_erased else verdict.entry


def _reply_of(verdict: Verdict) -> str | None:
    """The reply that it teaches."""
    found = next(replies_of(Verdict.objects.filter(pk=verdict.pk)), None)
    return found.text if found else None


def _is_overruled(verdict: Verdict, reply: str | None) -> bool:
    """Whether the newest decision about its item is another verdict, which does not stand by the same reply."""
    if reply is None:
        return False
    decision = Verdict.objects.decision_about(verdict.item_id)
    if decision is None or decision.pk == verdict.pk:
        return False
    said = decision.newest
    accepts_reference = said.preference in ("reference", "tie") and not said.correction
    return reply != (verdict.comparison.reference.text if accepts_reference else said.correction).strip()


def _differs(entry: Entry, reply: str) -> bool:
    return entry.text != reply or entry.state == Entry.State.REMOVED


def _says_it_again(verdict: Verdict) -> bool:
    """Whether the revision before the newest was not taken back and teaches the same reply."""
    newest, *before = verdict.revisions.order_by("-pk")[:2]
    taught = [
        said.correction.strip() or (said.preference, said.reference_acceptable)
        for said in (newest, *before)
        if not said.withdrawn
    ]
    return len(taught) == 2 and taught[0] == taught[1]


def _take_back(verdict: Verdict, by: User) -> None:
    """What it has left goes, and what has taken the questions of that, where nobody else stands by it.

    Who says something else now has no part in it any more; who is overruled, or has withdrawn it all, may come back.
    """
    left = verdict.entry
    if left is None:
        return
    if not verdict.overruled and (not verdict.withdrawn or _is_shared(left, verdict)):
        verdict.entry = None
        verdict.save(update_fields=["entry"])
    for entry in _with_those_that_took(left):
        if not _is_shared(entry, verdict):
            entry.remove(by=by, reason=OVERRULED if verdict.overruled or _has_overruled(entry) else "")


def _with_those_that_took(entry: Entry) -> list[Entry]:
    """It, and what verdicts have left and merges have given its questions."""
    return [entry, *(took for took in Entry.objects.that_took(entry) if took.source == Entry.Source.VERDICT)]


def _has_overruled(entry: Entry) -> bool:
    """Whether somebody would stand by it but for a decision."""
    entries = Entry.objects.with_merged([entry.pk])
    return Verdict.objects.active().filter(entry__in=entries, overruled=True).exists()


def _is_shared(entry: Entry, verdict: Verdict) -> bool:
    """Whether somebody else stands by it, or by one whose questions it has taken."""
    entries = Entry.objects.with_merged([entry.pk])
    return Verdict.objects.active().filter(entry__in=entries, overruled=False).exclude(pk=verdict.pk).exists()


def _bring_back(entry: Entry, by: User) -> None:
    """What it was before a decision removed it; a person who removed it meant that."""
    for removed in _with_those_that_took(entry):
        newest, *before = removed.revisions.order_by("-number")[:2]
        if newest.state == Entry.State.REMOVED and newest.reason == OVERRULED and before:
            removed.change(by=by, state=before[0].state)


def _known(turn: Turn, text: str) -> Entry | None:
    """What somebody else's verdict has left of the same turn with the same reply."""
    same = Entry.objects.filter(origin=turn.dialogue.content_hash, wordings__text=turn.text, text=text)
    return same.exclude(state=Entry.State.REMOVED).first()


def _new(turn: Turn, text: str, by: User) -> Entry:
    Clock.hold()  # whoever marks the dialogue meanwhile marks the entry, too
    values, wordings = entry_of(turn, text)
    return Entry.objects.add(by=by, wordings=wordings, source=Entry.Source.VERDICT, state=_state(turn), **values)


def entry_of(turn: Turn, text: str) -> tuple[dict[str, Any], list[str]]:
    """Columns and wordings of an entry that answers a customer's turn with this text."""
    dialogue = turn.dialogue
    values = {
        "kind": Entry.Kind.REPLY,
        "language": dialogue.language,
        "text": text,
        "context": turn.question_before,
        "never_leaves": not Dialogue.objects.all_may_leave([dialogue.pk]),
        "origin": dialogue.content_hash,
    }
    return values, [turn.text]


def _state(turn: Turn) -> str:
    return Entry.State.ACTIVE if turn.dialogue.dataset.remembers_at_once else Entry.State.PROPOSED


def origins_of(entries: Iterable[Entry]) -> dict[int, str]:
    """For each entry, in words, where it came from: “correction 12 by annotator, 3 May”."""
    entries = list(entries)
    verdicts = Verdict.objects.filter(entry__in=entries).select_related("annotator", "current").order_by("-pk")
    by_entry = {verdict.entry_id: verdict for verdict in verdicts}  # the first of them, who said it first
    return {entry.pk: _origin(entry, by_entry.get(entry.pk)) for entry in entries}


def _origin(entry: Entry, verdict: Verdict | None) -> str:
    day = date_format(timezone.localtime(entry.created_at), "j M" if get_language() == "en" else "n月j日")
    words: dict[str, Any] = {"day": day}
    if verdict is None:
        words |= {"source": entry.get_source_display(), "person": entry.author}
        return _("%(source)s by %(person)s, %(day)s") % words if entry.author else f"{words['source']}, {day}"
    words |= {"number": verdict.pk, "person": verdict.annotator}
    if verdict.current and verdict.current.correction:
        return _("correction %(number)s by %(person)s, %(day)s") % words
    return _("agent's reply accepted in verdict %(number)s by %(person)s, %(day)s") % words
