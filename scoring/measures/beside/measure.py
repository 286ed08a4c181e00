"""What one measure beside Eq. 1 is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

Texts = Sequence[str | None]  # None: not known
Rows = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[float]]


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue of translations; the page that shows it translates it."""
    return text


@dataclass(frozen=True)
class Measure:
    """label: as people know it, in English. range: (0, 1) or (0, inf). more_is_better: None where neither is.
    source: the paper, or how it is computed. words: how a text is taken apart. `rows` gets queries, replies and
    references that are all known.
    """

    name: str
    label: str
    range: tuple[float, float]
    more_is_better: bool | None
    source: str
    words: str
    rows: Rows
    needs_reference: bool = True

    def __call__(self, queries: Texts, replies: Texts, references: Texts) -> np.ndarray:
        """Shape (N,), NaN for unknown: where a text that it needs is None, or the reference that it needs is empty.

        An empty reply is known. Raises ValueError for texts of different numbers.
        """
        found = np.full(len(replies), np.nan)
        texts = list(zip(queries, replies, references, strict=True))
        known = [i for i, text in enumerate(texts) if self._knows(*text)]
        if known:
            columns = ([texts[i][k] or "" for i in known] for k in range(3))
            found[known] = self.rows(*columns)
        return found

    def _knows(self, query: str | None, reply: str | None, reference: str | None) -> bool:
        return reply is not None and (not self.needs_reference or bool(reference and reference.strip()))


UNIT = (0.0, 1.0)
UNBOUNDED = (0.0, inf)
