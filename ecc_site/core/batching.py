"""Long lists in slices that one query can take."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")
SIZE = 500  # SQLite limits the number of parameters of a query


def batched(values: Sequence[Value], size: int = SIZE) -> Iterator[Sequence[Value]]:
    """Slices of at most `size` values, in order."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
