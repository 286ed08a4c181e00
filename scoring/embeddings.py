"""The store behind the scorers' caches: one bounded table, which the workers on all hosts share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from scoring.models import Embedding

BATCH = 500  # rows in one query; SQLite takes a limited number of parameters
MAX_ROWS = 500_000  # in SQLite 0.4 GB of vectors with 384 numbers, 2 GB with 1,024


class EmbeddingStore:
    """Holds the newest `MAX_ROWS` results, of all scorers together; older ones are deleted."""

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for batch in _batches(keys):
            rows = Embedding.objects.filter(key__in=batch).values_list("key", "numbers")
            found.update((bytes(key), bytes(numbers)) for key, numbers in rows)
        return found

    def write(self, results: Mapping[bytes, bytes]) -> None:
        """Each batch is one statement: after a kill a result is there whole or not at all."""
        for batch in _batches(results):
            rows = [Embedding(key=key, numbers=results[key]) for key in batch]
            Embedding.objects.bulk_create(rows, ignore_conflicts=True)
        newest = Embedding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Embedding.objects.filter(pk__lte=newest - MAX_ROWS).delete()


STORE = EmbeddingStore()


def _batches(keys: Collection[bytes]) -> Iterator[list[bytes]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield batch
