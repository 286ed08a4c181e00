"""Conversations that somebody asked to have erased do not come back with a file.

What is kept of one is a keyed hash: without the site's secret key nobody can tell from it which conversation it was.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from dialogues.models import KeptOut
from ecc_site.core.bulk import rows_having


def keep_out(content_hashes: Iterable[str]) -> None:
    KeptOut.objects.bulk_create((KeptOut(key=_key(found)) for found in content_hashes if found), ignore_conflicts=True)


def kept_out(content_hashes: Iterable[str]) -> set[str]:
    """Those of the hashes whose conversations stay out."""
    if not KeptOut.objects.exists():
        return set()
    by_key = {_key(content_hash): content_hash for content_hash in content_hashes}
    return {by_key[key] for (key,) in rows_having(KeptOut, ["key"], "key", by_key)}


def _key(content_hash: str) -> str:
    return salted_hmac("erased dialogue", content_hash, algorithm="sha256").hexdigest()
