"""The columns that a process keeps between requests: read once, then only what is newer; bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from dialogues.models import Dataset
from scoring.figures.columns import Columns, read
from scoring.figures.groups import Groups
from scoring.figures.selection import Selection
from scoring.models import Score, ScorerSet

MOST_ROWS = 2_000_000  # in a process, about 200 MB; what was used last stays, however large it is


@dataclass(frozen=True)
class Size:
    rows: int
    bytes: int


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    selection: Selection | None = None
    last: int = 0  # the highest id among them
    seen: int = 0  # the highest id in the dataset then, whatever it is compared with
    removals: int = -1  # of the dataset when they were read: rows that went are not told by the ids of new ones

    def bring_up_to_date(self, scorer_set: int, dataset: int, kind: str) -> Selection:
        scores = Score.objects.of(scorer_set, dataset, kind)
        removals = Dataset.objects.values_list("removal_count", flat=True).get(pk=dataset)
        newest = Score.objects.filter(dataset=dataset).order_by("-pk").values_list("pk", flat=True).first() or 0
        if self.selection is None or self.removals != removals:
            found = self._keep(read(scores), removals)
        elif newest != self.seen and len(newer := read(scores, after=self.last)):
            found = self._keep(self.selection.columns.with_newer(newer), removals)
        else:
            found = self.selection
        self.seen = newest  # only now: what could not be read is asked for again
        return found

    def _keep(self, columns: Columns, removals: int) -> Selection:
        columns = columns.sorted()
        self.selection, self.removals = Selection(columns, Groups.of(columns)), removals
        self.last = int(columns.ids.max(initial=0))
        return self.selection

    @property
    def size(self) -> Size:
        return Size(len(self.selection.columns), self.selection.bytes) if self.selection else Size(0, 0)


class KeptColumns:
    """By scorer set, dataset and kind of reference."""

    def __init__(self, most_rows: int = MOST_ROWS):
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, int, str], _Kept] = OrderedDict()

    def of(self, scorer_set: ScorerSet, dataset: Dataset, kind: str) -> Selection:
        """The scores as they are stored now. Who comes while they are read waits for them."""
        key = (scorer_set.pk, dataset.pk, kind)
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
        with kept.lock:
            found = kept.bring_up_to_date(*key)
        self._drop_oldest()
        return found

    @property
    def sizes(self) -> list[Size]:
        """Of what is kept now, the least recently used first."""
        with self._lock:
            return [kept.size for kept in self._kept.values()]

    def forget(self) -> None:
        """Read everything again when it is asked for next."""
        with self._lock:
            self._kept.clear()

    def _drop_oldest(self) -> None:
        with self._lock:
            while len(self._kept) > 1 and sum(kept.size.rows for kept in self._kept.values()) > self._most_rows:
                self._kept.popitem(last=False)


KEPT = KeptColumns()
