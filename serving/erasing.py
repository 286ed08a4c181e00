"""Erasing in the ledger: the words of calls go, the rows stay with their costs, marked as erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ecc_site.core.batching import batched
from serving import own_redaction
from serving.models import CloudCall, Quote
from serving.redaction import Redactor

TYPED = (CloudCall.Purpose.TRIAL, CloudCall.Purpose.TABLE3)


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


def typed_calls_repeating(said: Collection[str]) -> set[int]:
    """Ids of the calls about no dialogue, but with a question that a person copied from one: exactly these words.

    They are redacted with the shop's own kinds of today, or without, as they were before there were any.
    """
    known = own_redaction.detectors()
    redacted = {made.redact(text).text for text in said for made in (Redactor(), Redactor(known))}
    typed = CloudCall.objects.filter(purpose__in=TYPED, dialogue_id=None, erased_at=None)
    rows = typed.values_list("pk", "messages").iterator(chunk_size=200)
    return {pk for pk, messages in rows if any(message["text"] in redacted for message in messages)}


def erase(calls: Collection[int], origin: str) -> Counter[str]:
    """Remove the words of these calls, and the note of who quotes the dialogue."""
    erased = sum(CloudCall.objects.filter(pk__in=ids).erase_words() for ids in batched(sorted(calls)))
    if origin:
        Quote.objects.filter(origin=origin).delete()
    return Counter(cloud_calls=erased)
