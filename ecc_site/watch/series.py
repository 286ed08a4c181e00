"""What was measured over time, as the page shows it: the figures that hold now, each with its last windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogues.models import Comparison, Dataset
from ecc_site.models import Measurement
from ecc_site.watch.bounds import bounds_for
from ecc_site.watch.sparkline import Sparkline, sparkline
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Subject
from ecc_site.watch.words import written
from serving.models import Version

SHOWN = 30  # windows
MOST = SHOWN * 2 * len(SUBJECTS)


@dataclass(frozen=True)
class Current:
    """A row of the page. `bound` None: it is not watched."""

    key: str
    subject: Subject
    kind: str
    newest: Measurement
    bound: float | None
    line: Sparkline

    @property
    def value(self) -> str:
        return written(self.newest.value, self.subject)

    @property
    def interval(self) -> str:
        return f"[{written(self.newest.low, self.subject)}, {written(self.newest.high, self.subject)}]"

    @property
    def written_bound(self) -> str:
        return "" if self.bound is None else written(self.bound, self.subject)

    @property
    def is_beyond(self) -> bool:
        return self.bound is not None and not self.subject.is_within(self.newest.value, self.bound)

    @property
    def link(self) -> str:
        return self.subject.leads_to(self.newest)


def current_of(dataset: Dataset, version: Version) -> list[Current]:
    """One query for measurements, one for bounds; in the order of SUBJECTS."""
    bounds, names = bounds_for(dataset), dict(Comparison.Kind.choices)
    return [
        Current(key, SUBJECTS[key], str(names[kind]), rows[0], bounds[key], sparkline(rows, bounds[key]))
        for (key, kind), rows in series_of(dataset, version).items()
    ]


def series_of(dataset: Dataset, version: Version) -> Mapping[tuple[str, str], Sequence[Measurement]]:
    """By subject and kind of reference the last measurements, the newest first."""
    rows = Measurement.objects.filter(dataset=dataset, version=version).order_by("-pk")[:MOST]
    found: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for row in rows:
        found[row.subject, row.kind].append(row)
    places = {key: place for place, key in enumerate(SUBJECTS)}
    known = [key for key in found if key[0] in places]
    return {key: found[key][:SHOWN] for key in sorted(known, key=lambda key: (places[key[0]], key[1]))}
