"""Erasing what the memory learned from a dialogue, in all its revisions and in the memories made for comparisons.

An entry stays as an empty mark: whoever follows the memory learns of it as of any other change, and an answer that used
it still names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from ecc_site.core.erasing import ERASED, Parts
from knowledge.announcing import announce
from knowledge.models import Clock, Entry, EntryRevision, FixedItem, Pair, TrialJob, Wording
from knowledge.querysets import merged_with

REASON = "erased"


def entries_of(origin: str, ids: Collection[int]) -> list[int]:
    """Ids of the entries that were learned from the dialogue with this hash, and of these; an empty hash is none."""
    learned = Q(origin=origin) if origin else Q(pk__in=[])
    return list(Entry.objects.filter(learned | Q(pk__in=ids)).exclude(text=ERASED).values_list("pk", flat=True))


def parts(origin: str, entries: Collection[int], said: Collection[str]) -> Parts:
    """All that goes of these entries, and of the trial questions that repeat what was `said` or got their replies."""
    return {
        "entries": Entry.objects.filter(pk__in=entries),
        "entry_revisions": EntryRevision.objects.filter(entry__in=entries),
        "fixed_items": FixedItem.objects.filter(origin=origin) if origin else FixedItem.objects.none(),
        "trials": TrialJob.objects.filter(pk__in=_trials(entries, said)),
    }


@transaction.atomic
def erase(origin: str, entries: Collection[int], said: Collection[str], by: Any) -> Counter[str]:
    """Erase them, and what else was learned from the dialogue until now; returns how many rows went, by kind."""
    Clock.hold()
    entries = entries_of(origin, entries)
    going = parts(origin, entries, said)
    removed = Counter({kind: rows.count() for kind, rows in going.items()})
    going["trials"].delete()
    going["fixed_items"].delete()
    for entry in Entry.objects.filter(pk__in=entries):
        _erase_merged(entry, entry.revisions.questions(), by)
        Pair.objects.filter(Q(first=entry) | Q(second=entry)).delete()
        entry.revisions.all().delete()
        blank = {"text": ERASED, "context": "", "origin": "", "state": Entry.State.REMOVED}
        entry.change(by=by, reason=REASON, wordings=(), **blank)
    if removed["entries"] or removed["fixed_items"]:
        Clock.erased()
        transaction.on_commit(announce, robust=True)
    return removed


def _trials(entries: Collection[int], said: Collection[str]) -> list[int]:
    asked = TrialJob.objects.filter(Q(question__in=said) | Q(context__in=said)).values_list("pk", flat=True)
    gone = set(entries)
    given = TrialJob.objects.exclude(used=[]).values_list("pk", "used") if gone else ()
    return [*asked, *(pk for pk, used in given if gone.intersection(entry for entry, _use in used))]


def _erase_merged(entry: Entry, texts: Collection[str], by: Any) -> None:
    """Take its questions out of the entries that it was merged with, which have them now, and of those that took these.

    A question that such an entry had before, since somebody else asked the same, stays.
    """
    for other in Entry.objects.with_questions_of(entry):
        merge = other.revisions.filter(reason=merged_with(entry)).earliest("number")
        gone = set(texts) - other.revisions.filter(number__lt=merge.number).questions()
        if gone:
            _erase_merged(other, gone, by)
        for revision in other.revisions.all():
            kept = [text for text in revision.content["wordings"] if text not in gone]
            EntryRevision.objects.filter(pk=revision.pk).update(content=revision.content | {"wordings": kept})
        left = Wording.objects.filter(entry=other).exclude(text__in=gone).values_list("text", flat=True)
        other.change(by=by, reason=REASON, wordings=list(left))
