"""What the rows of columns belong to. The rows are sorted so that a version, and a dialogue of it, is one stretch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.intervals import begins_of


@dataclass(frozen=True)
class Groups:
    versions: np.ndarray  # (V,) ids, ascending
    stretches: list[slice]  # V, the rows of each version
    clusters: list[np.ndarray]  # V, where each dialogue begins, counted from the begin of the version's stretch
    reference: np.ndarray  # (N,) int32, a number from 0 for the reference of each row
    references: int  # more than any of these numbers

    @classmethod
    def of(cls, columns: Columns) -> Self:
        """Of sorted columns (Columns.sorted)."""
        references, reference = np.unique(columns.references, return_inverse=True)
        return cls._from(columns, reference.astype(np.int32), len(references))

    def part(self, columns: Columns, chosen: np.ndarray) -> Self:
        """Those of the rows `chosen` alone, the numbers of rows in their order; `columns` has only these rows."""
        return self._from(columns, self.reference[chosen], self.references)

    @classmethod
    def _from(cls, columns: Columns, reference: np.ndarray, references: int) -> Self:
        versions, begins = np.unique(columns.versions, return_index=True)
        stretches = [slice(*ends) for ends in pairwise([*begins.tolist(), len(columns)])]
        return cls(
            versions, stretches, [begins_of(columns.dialogues[rows]) for rows in stretches], reference, references
        )

    @property
    def bytes(self) -> int:
        return self.reference.nbytes + sum(begins.nbytes for begins in self.clusters)
