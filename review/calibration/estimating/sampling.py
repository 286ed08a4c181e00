"""How likely each reply was to be reviewed, where a queue took the worst or the most uncertain ones first.

The queue looks at nothing but the score and chance. So the replies fall into cells by whether their score lies in the
region from which a queue took all, and in each cell those that were read are a random part of it: a reply that was read
stands for as many as its cell has of each that was read (inverse probability weights). Plain numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_IN_CELL = 2  # verdicts; a cell with fewer says nothing of how its replies differ


@dataclass(frozen=True)
class Sampling:
    """weights: shape (N,), of the replies that were read, NaN of the others and where they are not known.

    covered: share of all replies that lie in cells of which enough were read. Below 1, what was read cannot stand for
    all: nothing is corrected then.
    """

    weights: np.ndarray
    covered: float

    @property
    def is_even(self) -> bool:
        """Whether everything that was read stands for equally many."""
        known = self.weights[~np.isnan(self.weights)]
        return not len(known) or bool(np.allclose(known, known[0]))


def cells_of(regions: Sequence[np.ndarray], count: int) -> np.ndarray:
    """The cell of each of so many replies, shape (N,): equal where they lie in the same regions.

    regions: masks of shape (N,).
    """
    cells = np.zeros(count, dtype=np.int64)
    for region in regions:
        cells = np.unique(2 * cells + region, return_inverse=True)[1]
    return cells


def region_of_lowest(values: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Where a queue took the lowest first: everything up to the highest that it took; shape (N,), a mask.

    values: shape (N,), what it was ordered by, NaN for unknown; taken: mask of what it took and was read.
    """
    limits = values[taken & ~np.isnan(values)]
    return values <= limits.max() if len(limits) else np.zeros(len(values), dtype=bool)


def sampled(cells: np.ndarray, read: np.ndarray, scored: np.ndarray) -> Sampling:
    """The weights of what was read; all of shape (N,): the cell of each reply, whether it was read, whether scored."""
    count = int(cells.max()) + 1 if len(cells) else 0
    of_all, of_read = (np.bincount(cells[mask], minlength=count) for mask in (scored, read & scored))
    enough = of_read >= np.minimum(LEAST_IN_CELL, np.maximum(of_all, 1))
    per_verdict = np.divide(of_all, of_read, out=np.full(count, np.nan), where=of_read > 0)
    weights = np.where(read & scored, per_verdict[cells], np.nan)
    total = of_all.sum()
    return Sampling(weights, float(of_all[enough].sum() / total) if total else 0.0)
