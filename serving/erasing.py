"""Erasing in the ledger: the words of calls go, the rows stay with their costs, marked as erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ecc_site.core.batching import batched
from serving.models import CloudCall, Quote


def calls_with_words_of(dialogue_id: int, origin: str, also: Collection[int]) -> list[int]:
    """Ids of the calls that were about the dialogue, that quote the one with the hash `origin`, and of these `also`.

    Those that were erased before are left out. An empty hash stands for none.
    """
    found = set(CloudCall.objects.of_dialogue(dialogue_id).filter(erased_at=None).values_list("pk", flat=True))
    if origin:
        found |= set(CloudCall.objects.quoting(origin).filter(erased_at=None).values_list("pk", flat=True))
    for ids in batched(sorted(set(also) - found)):
        found |= set(CloudCall.objects.filter(pk__in=ids, erased_at=None).values_list("pk", flat=True))
    return sorted(found)


def erase(calls: Collection[int], origin: str) -> Counter[str]:
    """Remove the words of these calls, and the note of who quotes the dialogue."""
    erased = sum(CloudCall.objects.filter(pk__in=ids).erase_words() for ids in batched(sorted(calls)))
    if origin:
        Quote.objects.filter(origin=origin).delete()
    return Counter(cloud_calls=erased)
