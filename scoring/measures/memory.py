"""What a scorer has worked out stays known: in this process, and in a store that outlives it where there is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import numpy as np

Item = tuple[str, ...]  # all that a result depends on, beside the scorer


class Store(Protocol):
    """Results by key, kept across runs. A key is 32 bytes; what was written may be gone later, but never half there."""

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]: ...

    def write(self, results: Mapping[bytes, bytes]) -> None: ...


class Memory:
    """Results of one scorer by item: each a row of `kind` numbers.

    `identity` tells scorers apart in a shared store. At most `capacity` results stay in this process.
    """

    def __init__(self, identity: str = "", store: Store | None = None, capacity: int = 200_000):
        self.identity, self.store, self.capacity = identity, store, capacity
        self._known: dict[Item, np.ndarray] = {}

    def recall(
        self, items: Sequence[Item], work_out: Callable[[list[Item]], np.ndarray], kind: type[np.floating]
    ) -> np.ndarray:
        """Shape (B, D), in the order of the items; `work_out` is asked once for each distinct item that is not known.

        A result is rounded to `kind` before its first use, so that it is the same on the day that it is read back.
        """
        new = list(dict.fromkeys(item for item in items if item not in self._known))
        if len(self._known) + len(new) > self.capacity:
            self._known = {}
            new = list(dict.fromkeys(items))
        self._read(new, kind)
        new = [item for item in new if item not in self._known]
        if new:
            results = np.asarray(work_out(new)).astype(kind).reshape(len(new), -1)
            self._known.update(zip(new, results, strict=True))
            if self.store is not None:
                self.store.write({self._key(item): row.tobytes() for item, row in zip(new, results, strict=True)})
        return np.stack([self._known[item] for item in items])

    def _read(self, items: list[Item], kind: type[np.floating]) -> None:
        if self.store is not None and items:
            keys = {self._key(item): item for item in items}
            for key, result in self.store.read(keys).items():
                self._known[keys[key]] = np.frombuffer(result, kind)

    def _key(self, item: Item) -> bytes:
        return hashlib.sha256(json.dumps([self.identity, *item]).encode()).digest()
