"""What the rows of columns belong to, as small numbers: sums over groups are then one pass, with no sorting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from scoring.figures.columns import Columns


@dataclass(frozen=True)
class Groups:
    """Worked out once for columns, and then valid for any part of them."""

    versions: np.ndarray  # (V,) ids, ascending
    code: np.ndarray  # (N,) the place of each row's version in them
    version_of_cluster: np.ndarray  # (C,) the place of the version of each cluster: a version's rows of one dialogue
    cluster: np.ndarray  # (N,)
    reference: np.ndarray  # (N,) a number from 0 for the reference of each row
    references: int  # how many there are

    @classmethod
    def of(cls, columns: Columns) -> Self:
        versions, code = np.unique(columns.versions, return_inverse=True)
        dialogues, dialogue = np.unique(columns.dialogues, return_inverse=True)
        clusters, cluster = np.unique(code * max(1, len(dialogues)) + dialogue, return_inverse=True)
        references, reference = np.unique(columns.references, return_inverse=True)
        version_of_cluster = clusters // max(1, len(dialogues))
        return cls(versions, code, version_of_cluster, cluster, reference, len(references))

    def part(self, chosen: np.ndarray) -> Self:
        """Those of the rows `chosen` alone, a mask (N,) or the numbers of rows; versions without rows stay."""
        rows = {name: getattr(self, name)[chosen] for name in ("code", "cluster", "reference")}
        return replace(self, **rows)

    def count(self, where: np.ndarray) -> np.ndarray:
        """How many rows of each version are in the mask (N,); (V,)."""
        return np.bincount(self.code[where], minlength=len(self.versions))

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum of the values (N,) of each version; (V,)."""
        return np.bincount(self.code, weights=values, minlength=len(self.versions))
