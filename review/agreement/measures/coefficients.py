"""A coefficient of agreement, in the form that one bootstrap serves them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Coefficient:
    """A figure that depends on the items only through sums over them.

    terms: from the counts of the items, shape (I, C), what each item adds, shape (I, K); zeros where it adds nothing.
    of_sums: from sums of terms, shape (..., K), the figure, shape (...,); NaN where it is undefined.
    """

    terms: Callable[[np.ndarray], np.ndarray]
    of_sums: Callable[[np.ndarray], np.ndarray]

    def of(self, counts: np.ndarray) -> float:
        """The figure of the items with these counts; NaN where it is undefined."""
        return float(self.of_sums(self.terms(counts).sum(axis=0)))


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """The quotient, NaN where the divisor is 0."""
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)
