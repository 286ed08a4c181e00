"""What a verdict leaves in the memory: the reply that the person wrote or accepted, for as long as they stand by it."""

from __future__ import annotations

from django.contrib.auth.models import User

from dialogues.held_out import HeldOutReplies
from dialogues.models import Turn
from knowledge.models import Entry
from review.human_replies import replies_of
from review.models import Verdict


def remember(verdict: Verdict, by: User) -> None:
    """Bring the entry of a verdict up to date; in the transaction that saves the verdict.

    An entry is made of the question, with the customer's turn before it, and the reply. It acts at once or waits for a
    manager's approval, as its dataset says. What a test dialogue has as well is not remembered (invariant 4).
    """
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
    dialogue = turn.dialogue
    return Entry.objects.add(
        by=by,
        wordings=[turn.text],
        kind=Entry.Kind.REPLY,
        source=Entry.Source.VERDICT,
        state=_state(turn),
        language=dialogue.language,
        text=text,
        context=_before(turn),
        never_leaves=dialogue.never_leaves or dialogue.dataset.never_leaves,
        origin=dialogue.content_hash,
    )


def _state(turn: Turn) -> str:
    return Entry.State.ACTIVE if turn.dialogue.dataset.remembers_at_once else Entry.State.PROPOSED


def _before(turn: Turn) -> str:
    """The customer's turn before this one, empty for the first."""
    earlier = turn.dialogue.turns.filter(role=Turn.Role.CUSTOMER, position__lt=turn.position).order_by("-position")
    return earlier.values_list("text", flat=True).first() or ""
