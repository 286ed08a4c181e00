"""The store behind the scorers' memory: one bounded table, so that workers on all hosts share it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from scoring.models import Embedding

ROWS = 500  # in one query; SQLite takes a limited number of parameters
KEPT = 500_000  # rows; in SQLite 0.4 GB of vectors with 384 numbers, 2 GB with 1,024


class EmbeddingStore:
    """Keeps the newest `KEPT` results of all scorers together and forgets the oldest."""

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        found = {}
        for some in _some(keys):
            rows = Embedding.objects.filter(key__in=some).values_list("key", "numbers")
            found.update((bytes(key), bytes(numbers)) for key, numbers in rows)
        return found

    def write(self, results: Mapping[bytes, bytes]) -> None:
        """Each batch is one statement: after a kill a result is there whole or not at all."""
        for some in _some(results):
            rows = [Embedding(key=key, numbers=results[key]) for key in some]
            Embedding.objects.bulk_create(rows, ignore_conflicts=True)
        newest = Embedding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Embedding.objects.filter(pk__lte=newest - KEPT).delete()


def _some(keys: Collection[bytes]) -> Iterator[list[bytes]]:
    waiting = iter(keys)
    while some := list(islice(waiting, ROWS)):
        yield some
