"""The nearest questions of the memory, found by comparing with every one.

Vectors are kept in half precision, to which the encoders round them anyway: half the memory and less than half the
time. Products in half precision have too few digits to order what is near, so the nearest are compared once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

LEAST_ROOM = 1024  # rows


class Index:
    """Unit vectors of questions and of the questions before them; rows are added and dropped at any time.

    The similarity of two questions is the cosine of [question, weight · context], which is all of them where neither
    has a context.
    """

    def __init__(self, dimensions: int, context_weight: float):
        self.weight = context_weight
        self._vectors = np.zeros((0, dimensions), np.float16)  # (room, D); rows past `_used` are free
        self._owners = np.zeros(0, np.int64)  # of each row
        self._lengths = np.zeros(0, np.float32)  # of the combined vectors
        self._languages = np.zeros(0, np.int16)  # of each row, as a number in `_known_languages`
        self._contexts = np.zeros((0, dimensions), np.float32)  # the distinct ones; few questions have one
        self._context_of = np.zeros(0, np.int64)  # row of `_contexts`, −1 for none
        self._known_contexts: dict[str, int] = {}
        self._known_languages: dict[str, int] = {}
        self._rows: dict[int, list[int]] = {}
        self._used = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def vectors(self) -> np.ndarray:
        """Of all questions without what was said before them, in half precision, shape (rows, D)."""
        return self._vectors[: self._used]

    def add(
        self, owner: int, vectors: np.ndarray, contexts: Sequence[str], context_vectors: np.ndarray, language: str = ""
    ) -> None:
        """The questions of one owner: vectors of shape (n, D), and of their contexts, an empty one for none."""
        number = self._known_languages.setdefault(language, len(self._known_languages))
        for vector, context, context_vector in zip(vectors, contexts, context_vectors, strict=True):
            row = self._free_row()
            self._vectors[row], self._owners[row], self._languages[row] = vector, owner, number
            self._context_of[row] = self._context_row(context, context_vector) if context else -1
            self._lengths[row] = self._length(bool(context))
            self._rows.setdefault(owner, []).append(row)

    def drop(self, owner: int) -> None:
        """Its rows are filled with the last ones, so that no search reads what is gone."""
        for row in sorted(self._rows.pop(owner, []), reverse=True):
            self._used -= 1
            last = self._used
            if row == last:
                continue
            for column in self._columns:
                column[row] = column[last]
            rows = self._rows[int(self._owners[row])]
            rows[rows.index(last)] = row

    def wordings(self, owners: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """All questions of these owners, in their order: whose each is, shape (N,), as a position among the owners, and
        the unit vectors of the questions with their contexts, shape (N, 2 · D)."""
        rows = [self._rows[owner] for owner in owners]
        whose = np.repeat(np.arange(len(owners)), [len(of_owner) for of_owner in rows])
        chosen = np.concatenate(rows).astype(int)
        context_of = self._context_of[chosen]
        contexts = np.where(context_of[:, None] >= 0, self._contexts[context_of], 0) if len(self._contexts) else 0
        contexts = np.broadcast_to(contexts, (len(chosen), self._vectors.shape[1]))
        vectors = self._vectors[chosen].astype(np.float32)
        return whose, self._joined(vectors, contexts) / self._lengths[chosen, None]

    def joined(self, vector: np.ndarray, context_vector: np.ndarray | None) -> np.ndarray:
        """The unit vector of a question with its context, shape (2 · D,)."""
        context = np.zeros_like(vector) if context_vector is None else context_vector
        return self._joined(vector, context) / self._length(context_vector is not None)

    def nearest(
        self,
        vector: np.ndarray,
        context_vector: np.ndarray | None,
        count: int,
        fits: Callable[[int], bool] = lambda _owner: True,
        languages: Collection[str] | None = None,
    ) -> list[tuple[int, int, float]]:
        """At most `count` owners that fit, nearest first: (owner, which of its questions, similarity).

        `fits` is asked of one after the other; of other languages than these, if they are given, nobody is asked.
        """
        rows = self._rows_of(languages)
        roughly = _products_in_half_precision(self.vectors, vector)
        similarities = self._similarities(roughly, slice(self._used), context_vector)
        first = rows[_highest(similarities[rows], 8 * count)]
        exactly = self._vectors[first].astype(np.float32) @ vector
        similarities[first] = self._similarities(exactly, first, context_vector)
        found: dict[int, tuple[int, int, float]] = {}
        for row in _descending(similarities, first, rows):
            owner = int(self._owners[row])
            if owner not in found and fits(owner):
                found[owner] = (owner, self._rows[owner].index(int(row)), float(similarities[row]))
                if len(found) == count:
                    break
        return list(found.values())

    @property
    def _columns(self) -> tuple[np.ndarray, ...]:
        """What has a value for each row."""
        return self._vectors, self._owners, self._lengths, self._context_of, self._languages

    def _rows_of(self, languages: Collection[str] | None) -> np.ndarray:
        if languages is None:
            return np.arange(self._used)
        numbers = [self._known_languages[language] for language in languages if language in self._known_languages]
        return np.flatnonzero(np.isin(self._languages[: self._used], numbers))

    def _similarities(
        self, products: np.ndarray, rows: slice | np.ndarray, context_vector: np.ndarray | None
    ) -> np.ndarray:
        """Of a question with these N rows, shape (N,), at most 1, from the products of the vectors without contexts."""
        if context_vector is not None and len(self._known_contexts):
            of_contexts = self._contexts[: len(self._known_contexts)] @ context_vector
            context_of = self._context_of[rows]
            products = products + self.weight**2 * np.where(context_of >= 0, of_contexts[context_of], 0)
        return products / (self._lengths[rows] * self._length(context_vector is not None))

    def _joined(self, vectors: np.ndarray, contexts: np.ndarray) -> np.ndarray:
        return np.concatenate([vectors, self.weight * contexts], axis=-1)

    def _length(self, has_context: bool) -> float:
        return float(np.sqrt(1 + self.weight**2)) if has_context else 1.0

    def _free_row(self) -> int:
        if self._used == len(self._vectors):
            room = max(LEAST_ROOM, self._used // 2)
            self._vectors, self._owners, self._lengths, self._context_of, self._languages = (
                _with_room(column, room) for column in self._columns
            )
        self._used += 1
        return self._used - 1

    def _context_row(self, context: str, vector: np.ndarray) -> int:
        if context not in self._known_contexts:
            row = len(self._known_contexts)
            if row == len(self._contexts):
                self._contexts = _with_room(self._contexts, max(LEAST_ROOM, row // 2))
            self._contexts[row] = vector
            self._known_contexts[context] = row
        return self._known_contexts[context]


def _with_room(column: np.ndarray, rows: int) -> np.ndarray:
    return np.concatenate([column, np.zeros((rows, *column.shape[1:]), column.dtype)])


def _products_in_half_precision(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """By torch, since NumPy multiplies numbers of half precision one by one; shape (rows,), off by at most .0005."""
    import torch

    half = torch.from_numpy(vector.astype(np.float16))
    return (torch.from_numpy(vectors) @ half).float().numpy()


def _highest(values: np.ndarray, count: int) -> np.ndarray:
    """Positions of at most `count` highest values, in any order."""
    return np.argpartition(-values, count)[:count] if len(values) > count else np.arange(len(values))


def _descending(values: np.ndarray, first: np.ndarray, rows: np.ndarray) -> Iterator[np.intp]:
    """The first rows from the highest value on; behind them the other ones, which are sorted only where needed."""
    yield from first[np.argsort(-values[first], kind="stable")]
    others = np.setdiff1d(rows, first)
    yield from others[np.argsort(-values[others], kind="stable")]
