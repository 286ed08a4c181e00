"""The store behind the scorers' caches: one bounded table, which the workers on all hosts share."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ecc_site.core.batching import batched
from scoring.models import Embedding

MAX_ROWS = 500_000  # in SQLite 0.4 GB of vectors with 384 numbers, 2 GB with 1,024


class EmbeddingStore:
    """Holds the newest `MAX_ROWS` results, of all scorers together; older ones are deleted."""

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for batch in batched(list(keys)):
            rows = Embedding.objects.filter(key__in=batch).values_list("key", "numbers")
            found.update((bytes(key), bytes(numbers)) for key, numbers in rows)
        return found

    def write(self, results: Mapping[bytes, bytes]) -> None:
        """Each batch is one statement: after a kill a result is there whole or not at all."""
        for batch in batched(list(results)):
            rows = [Embedding(key=key, numbers=results[key]) for key in batch]
            Embedding.objects.bulk_create(rows, ignore_conflicts=True)
        newest = Embedding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Embedding.objects.filter(pk__lte=newest - MAX_ROWS).delete()


STORE = EmbeddingStore()
