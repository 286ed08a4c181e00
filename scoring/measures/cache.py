"""Results of scorers are computed once: they are cached in this process, and in a store that outlives it if given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Protocol

import numpy as np

Item = tuple[str, ...]  # all that a result depends on, beside the scorer


class Store(Hashable, Protocol):
    """Results by key, kept across runs. A key is 32 bytes; a result may be gone later, but never half written."""

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]: ...

    def write(self, results: Mapping[bytes, bytes]) -> None: ...


class ResultCache:
    """Results of one scorer by item, each a row of numbers.

    `identity` tells scorers apart in a shared store. At most `capacity` results stay in this process.
    """

    def __init__(self, identity: str = "", store: Store | None = None, capacity: int = 200_000):
        self.identity, self.store, self.capacity = identity, store, capacity
        self._rows: dict[Item, np.ndarray] = {}

    def get(
        self,
        items: Sequence[Item],
        compute: Callable[[list[Item]], np.ndarray],
        dtype: type[np.floating],
        most: int | None = None,
    ) -> np.ndarray:
        """Shape (B, D), in the order of the items; `compute` is called with the distinct items not yet cached.

        It is called once, or with `most` of them at a time, and keeps what it has where a later call fails. A result is
        rounded to `dtype` before its first use, so that it is the same when it is read back another day.
        """
        missing = list(dict.fromkeys(item for item in items if item not in self._rows))
        if len(self._rows) + len(missing) > self.capacity:
            self._rows = {}
            missing = list(dict.fromkeys(items))
        self._read(missing, dtype)
        missing = [item for item in missing if item not in self._rows]
        step = most or max(1, len(missing))
        for start in range(0, len(missing), step):
            self._keep(missing[start : start + step], compute, dtype)
        return np.stack([self._rows[item] for item in items])

    def _keep(self, items: list[Item], compute: Callable[[list[Item]], np.ndarray], dtype: type[np.floating]) -> None:
        rows = np.asarray(compute(items)).astype(dtype).reshape(len(items), -1)
        self._rows.update(zip(items, rows, strict=True))
        if self.store is not None:
            self.store.write({self._key(item): row.tobytes() for item, row in zip(items, rows, strict=True)})

    def _read(self, items: list[Item], dtype: type[np.floating]) -> None:
        if self.store is not None and items:
            keys = {self._key(item): item for item in items}
            for key, result in self.store.read(keys).items():
                self._rows[keys[key]] = np.frombuffer(result, dtype)

    def _key(self, item: Item) -> bytes:
        return hashlib.sha256(json.dumps([self.identity, *item]).encode()).digest()
