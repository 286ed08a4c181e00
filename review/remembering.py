"""What a verdict leaves in the memory: the reply that the person wrote or accepted, for as long as they stand by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues.held_out import HeldOutReplies
from dialogues.models import Turn
from knowledge.models import Entry
from review.human_replies import may_teach, replies_of
from review.models import Verdict


def remember(verdict: Verdict, by: User) -> None:
    """Bring the entry of a verdict up to date; in the transaction that saves the verdict.

    An entry is made of the question, with the customer's turn before it, and the reply. It acts at once or waits for a
    manager's approval, as its dataset says. What a test dialogue has as well is not remembered (invariant 4).
    """
    if verdict.entry is None and not may_teach(verdict):
        return
    reply = next(replies_of(Verdict.objects.filter(pk=verdict.pk)), None)
    turn, entry = verdict.comparison.turn, verdict.entry
    if reply is None or HeldOutReplies([turn.text]).has(turn.text, reply.text):
        _take_back(verdict, by)
    elif entry is None or (entry.text != reply.text and _is_shared(entry, verdict)):
        verdict.entry = _known(turn, reply.text) or _new(turn, reply.text, by)
        verdict.save(update_fields=["entry"])
    elif entry.text != reply.text or entry.state == Entry.State.REMOVED:
        entry.change(by=by, text=reply.text, state=_state(turn))


def _take_back(verdict: Verdict, by: User) -> None:
    if verdict.entry and not _is_shared(verdict.entry, verdict):
        verdict.entry.remove(by=by)


def _is_shared(entry: Entry, verdict: Verdict) -> bool:
    """Whether somebody else stands by it."""
    return Verdict.objects.active().filter(entry=entry).exclude(pk=verdict.pk).exists()


def _known(turn: Turn, text: str) -> Entry | None:
    """What somebody else's verdict has left of the same turn with the same reply."""
    same = Entry.objects.filter(origin=turn.dialogue.content_hash, wordings__text=turn.text, text=text)
    return same.exclude(state=Entry.State.REMOVED).first()


def _new(turn: Turn, text: str, by: User) -> Entry:
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
        "never_leaves": dialogue.never_leaves or dialogue.dataset.never_leaves,
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
