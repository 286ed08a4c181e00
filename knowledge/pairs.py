"""Entries that answer nearly the same question: with replies alike they are duplicates, else they contradict."""

from __future__ import annotations

from knowledge.live import remembering
from knowledge.models import Clock, Entry, Pair
from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.items import Item

NEARLY_THE_SAME = 0.85  # similarity of two questions; above it no reply was about something else
NEIGHBOURS = 8


def find_pairs() -> int:
    """Look for pairs with what was changed since the last look; returns how many are new."""
    memory, revision = remembering()
    clock = Clock.objects.filter(pk=1).first()
    if clock is None or clock.compared >= revision:
        return 0
    changed = Entry.objects.filter(revision__gt=clock.compared, revision__lte=revision, kind=Entry.Kind.REPLY)
    found = {
        key: pair
        for identity in changed.values_list("pk", flat=True)
        if (item := memory.memory.items.get(identity))
        for key, pair in _pairs_of(item, memory).items()
    }
    known = set(Pair.objects.filter(first__in=[first for first, _ in found]).values_list("first_id", "second_id"))
    new = [pair for key, pair in found.items() if key not in known]
    Pair.objects.bulk_create(new, ignore_conflicts=True)
    Clock.objects.filter(pk=1).update(compared=revision)
    return len(new)


def _pairs_of(item: Item, remembering: Remembering) -> dict[tuple[int, int], Pair]:
    pairs = {}
    for question in item.questions:
        for other in remembering.memory.find(question, [item.id], NEIGHBOURS):
            if other.similarity >= NEARLY_THE_SAME:
                first, second = sorted((item.id, other.item.id))
                likeness = remembering.memory.likeness(item.reply, other.item.reply)
                is_conflict = likeness < remembering.thresholds.conflict
                pairs[first, second] = Pair(
                    first_id=first,
                    second_id=second,
                    kind=Pair.Kind.CONFLICT if is_conflict else Pair.Kind.DUPLICATE,
                    similarity=other.similarity,
                    likeness=likeness,
                )
    return pairs
