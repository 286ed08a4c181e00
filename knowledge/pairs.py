"""Entries that answer nearly the same question: with replies alike they are duplicates, else they contradict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ecc_site.core.batching import SIZE
from knowledge.live import remembering
from knowledge.models import Clock, Entry, Pair
from knowledge.models.pairs import said_digest
from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.items import Item

NEARLY_THE_SAME = 0.85  # similarity of two questions; above it no reply was about something else
NEIGHBOURS = 8


def find_pairs() -> int:
    """Look for pairs with what was changed, or began to be valid, since the last look; returns how many are new."""
    clock, today = Clock.objects.filter(pk=1).first(), timezone.localdate()
    if clock is None or (clock.compared, clock.compared_on) == (clock.revision, today):
        return 0  # before the memory is loaded
    memory, revision = remembering()
    written = Q(revision__gt=clock.compared, revision__lte=revision)
    began = Q(valid_from__gt=clock.compared_on or today, valid_from__lte=today)
    changed = Entry.objects.filter(written | began, kind=Entry.Kind.REPLY)
    known = _known(changed.values("pk"))
    found = _still_near(known, memory) | {
        key: pair
        for identity in changed.values_list("pk", flat=True)
        if (item := memory.memory.items.get(identity))
        for key, pair in _pairs_of(item, memory).items()
    }
    new = [pair for key, pair in found.items() if key not in known]
    Pair.objects.bulk_create(new, ignore_conflicts=True)
    _update([(pair, found[key]) for key, pair in known.items() if key in found])
    outdated = [pair.pk for key, pair in known.items() if key not in found]
    Pair.objects.filter(pk__in=outdated, is_decided=False).delete()
    Clock.objects.filter(pk=1).update(compared=revision, compared_on=today)
    return len(new)


def _known(changed: QuerySet) -> dict[tuple[int, int], Pair]:
    pairs = Pair.objects.filter(Q(first__in=changed) | Q(second__in=changed))
    return {(pair.first_id, pair.second_id): pair for pair in pairs}


def _update(pairs: Sequence[tuple[Pair, Pair]]) -> None:
    """What is known becomes what was found; who were kept and contradict each other in other words is decided again."""
    with transaction.atomic():
        for pair, now in pairs:
            if now.kind == Pair.Kind.CONFLICT and pair.texts != now.texts:
                Pair.objects.filter(pk=pair.pk).exclude(texts=now.texts).update(is_decided=False)
            pair.kind, pair.similarity, pair.likeness, pair.texts = now.kind, now.similarity, now.likeness, now.texts
        Pair.objects.bulk_update([pair for pair, _ in pairs], ["kind", "similarity", "likeness", "texts"], SIZE)


def _pairs_of(item: Item, remembering: Remembering) -> dict[tuple[int, int], Pair]:
    """With the most similar of their questions."""
    pairs: dict[tuple[int, int], Pair] = {}
    for question in item.questions:
        for other, similarity in remembering.memory.near(question, [item.id], NEIGHBOURS):
            first, second = sorted((item, other), key=lambda item: item.id)
            known = pairs.get((first.id, second.id))
            if similarity >= NEARLY_THE_SAME and (known is None or known.similarity < similarity):
                pairs[first.id, second.id] = _pair(first, second, similarity, remembering)
    return pairs


def _still_near(keys: Iterable[tuple[int, int]], remembering: Remembering) -> dict[tuple[int, int], Pair]:
    """Of these pairs those that a look at both of them finds, however many others lie between."""
    memory, found = remembering.memory, {}
    for key in keys:
        first, second = map(memory.items.get, key)
        if first and second and _meet(first, second):
            similarity = memory.similarity(first, second)
            if similarity >= NEARLY_THE_SAME:
                found[key] = _pair(first, second, similarity, remembering)
    return found


def _meet(first: Item, second: Item) -> bool:
    """Whether a question of one of them may be answered by the other."""
    ways = (first, second), (second, first)
    return any(reply.language in question.languages for asked, reply in ways for question in asked.questions)


def _pair(first: Item, second: Item, similarity: float, remembering: Remembering) -> Pair:
    likeness = remembering.memory.likeness(first.reply, second.reply)
    is_conflict = likeness < remembering.thresholds.conflict
    return Pair(
        first_id=first.id,
        second_id=second.id,
        kind=Pair.Kind.CONFLICT if is_conflict else Pair.Kind.DUPLICATE,
        similarity=similarity,
        likeness=likeness,
        texts="".join(said_digest(item.reply, item.questions[0].context) for item in (first, second)),
    )
