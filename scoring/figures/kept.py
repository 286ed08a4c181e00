"""The columns that a process keeps between requests: read once, then only what is newer; bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from dialogues.models import Dataset
from scoring.figures.columns import Columns, read
from scoring.figures.groups import Groups
from scoring.models import Score, ScorerSet

MOST_ROWS = 2_000_000  # in a process, about 170 MB; what was used last stays, however large it is


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    columns: Columns | None = None
    groups: Groups | None = None
    removals: int = -1  # of the dataset when they were read: rows that went are not told by the ids of new ones

    def bring_up_to_date(self, scorer_set: int, dataset: int, kind: str) -> tuple[Columns, Groups]:
        scores = Score.objects.of(scorer_set, dataset, kind)
        removals = Dataset.objects.values_list("removal_count", flat=True).get(pk=dataset)
        newest = Score.objects.filter(dataset=dataset).order_by("-pk").values_list("pk", flat=True).first() or 0
        if self.columns is None or self.groups is None or self.removals != removals:
            return self._keep(read(scores), removals)
        last = int(self.columns.ids[-1]) if len(self.columns) else 0
        newer = read(scores, after=last) if newest > last else None
        return self._keep(self.columns.with_newer(newer), removals) if newer else (self.columns, self.groups)

    def _keep(self, columns: Columns, removals: int) -> tuple[Columns, Groups]:
        self.columns, self.groups, self.removals = columns, Groups.of(columns), removals
        return self.columns, self.groups


class KeptColumns:
    """By scorer set, dataset and kind of reference."""

    def __init__(self, most_rows: int = MOST_ROWS):
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, int, str], _Kept] = OrderedDict()

    def of(self, scorer_set: ScorerSet, dataset: Dataset, kind: str) -> tuple[Columns, Groups]:
        """The scores as they are stored now. Who comes while they are read waits for them."""
        key = (scorer_set.pk, dataset.pk, kind)
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
        with kept.lock:
            found = kept.bring_up_to_date(*key)
        self._drop_oldest()
        return found

    def forget(self) -> None:
        """Read everything again when it is asked for next."""
        with self._lock:
            self._kept.clear()

    def _drop_oldest(self) -> None:
        with self._lock:
            while len(self._kept) > 1 and self._rows > self._most_rows:
                self._kept.popitem(last=False)

    @property
    def _rows(self) -> int:
        return sum(len(kept.columns) for kept in self._kept.values() if kept.columns is not None)


KEPT = KeptColumns()
