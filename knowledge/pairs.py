"""Entries that answer nearly the same question: with replies alike they are duplicates, else they contradict."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ecc_site.core.batching import SIZE
from knowledge.live import remembering
from knowledge.models import Clock, Entry, Pair
from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.items import Item

NEARLY_THE_SAME = 0.85  # similarity of two questions; above it no reply was about something else
NEIGHBOURS = 8
REWORDED = 0.001  # a change of likeness; the same texts in another batch differ by less


def find_pairs() -> int:
    """Look for pairs with what was changed, or began to be valid, since the last look; returns how many are new."""
    clock, today = Clock.objects.filter(pk=1).first(), timezone.localdate()
    if clock is None or (clock.compared, clock.compared_on) == (clock.revision, today):
        return 0  # before the memory is loaded
    memory, revision = remembering()
    written = Q(revision__gt=clock.compared, revision__lte=revision)
    began = Q(valid_from__gt=clock.compared_on or today, valid_from__lte=today)
    changed = Entry.objects.filter(written | began, kind=Entry.Kind.REPLY)
    found = {
        key: pair
        for identity in changed.values_list("pk", flat=True)
        if (item := memory.memory.items.get(identity))
        for key, pair in _pairs_of(item, memory).items()
    }
    known = _known(changed.values("pk"))
    new = [pair for key, pair in found.items() if key not in known]
    Pair.objects.bulk_create(new, ignore_conflicts=True)
    _update([(pair, found[key]) for key, pair in known.items() if key in found])
    outdated = [pair.pk for key, pair in known.items() if key not in found and not pair.is_decided]
    Pair.objects.filter(pk__in=outdated).delete()
    Clock.objects.filter(pk=1).update(compared=revision, compared_on=today)
    return len(new)


def _known(changed: QuerySet) -> dict[tuple[int, int], Pair]:
    pairs = Pair.objects.filter(Q(first__in=changed) | Q(second__in=changed))
    return {(pair.first_id, pair.second_id): pair for pair in pairs}


def _update(pairs: Sequence[tuple[Pair, Pair]]) -> None:
    """What is known becomes what was found; two that contradict each other otherwise than before are decided again."""
    again = [pair.pk for pair, now in pairs if now.kind == Pair.Kind.CONFLICT and _reads_otherwise(pair, now)]
    for pair, now in pairs:
        pair.kind, pair.similarity, pair.likeness = now.kind, now.similarity, now.likeness
    with transaction.atomic():
        Pair.objects.bulk_update([pair for pair, _ in pairs], ["kind", "similarity", "likeness"], SIZE)
        Pair.objects.filter(pk__in=again).update(is_decided=False)  # of others, what somebody decides meanwhile stays


def _reads_otherwise(pair: Pair, now: Pair) -> bool:
    """Whether a question or a reply of the two was reworded since they were compared."""
    change = max(abs(pair.similarity - now.similarity), abs(pair.likeness - now.likeness))
    return pair.kind != now.kind or change > REWORDED


def _pairs_of(item: Item, remembering: Remembering) -> dict[tuple[int, int], Pair]:
    """With the most similar of their questions."""
    pairs: dict[tuple[int, int], Pair] = {}
    for question in item.questions:
        for other, similarity in remembering.memory.near(question, [item.id], NEIGHBOURS):
            first, second = sorted((item.id, other.id))
            known = pairs.get((first, second))
            if similarity >= NEARLY_THE_SAME and (known is None or known.similarity < similarity):
                likeness = remembering.memory.likeness(item.reply, other.reply)
                is_conflict = likeness < remembering.thresholds.conflict
                pairs[first, second] = Pair(
                    first_id=first,
                    second_id=second,
                    kind=Pair.Kind.CONFLICT if is_conflict else Pair.Kind.DUPLICATE,
                    similarity=similarity,
                    likeness=likeness,
                )
    return pairs
