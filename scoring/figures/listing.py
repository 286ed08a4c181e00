"""A page of rows in the order of some number, with the next page behind its last row. Plain numpy."""

from __future__ import annotations

import numpy as np

Key = tuple[float, int]  # of a row: its number and its id, by which equal numbers are ordered


def page_of(numbers: np.ndarray, ids: np.ndarray, size: int, after: Key | None = None) -> tuple[np.ndarray, Key | None]:
    """Positions of the `size` rows with the lowest numbers behind the key `after`, and the key of the last one.

    numbers, ids: shape (N,); NaN is unknown and in no page. The key is None on the last page. Not everything is sorted,
    only what may be in the page.
    """
    rows = np.flatnonzero(~np.isnan(numbers))
    if after is not None:
        number, pk = after
        rows = rows[(numbers[rows] > number) | ((numbers[rows] == number) & (ids[rows] > pk))]
    if len(rows) > size:
        limit = np.partition(numbers[rows], size)[size]
        rows = rows[numbers[rows] <= limit]
    rows = rows[np.lexsort((ids[rows], numbers[rows]))]
    page = rows[:size]
    return page, (float(numbers[page[-1]]), int(ids[page[-1]])) if len(rows) > size else None
