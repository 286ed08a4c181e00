"""Two versions over the references that both were compared with, since each may have answered other turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.figures.groups import Groups
from scoring.figures.intervals import begins_of, half_interval
from scoring.figures.selection import Selection


@dataclass(frozen=True)
class Paired:
    """`difference` is the mean of version minus baseline, `better` the share of pairs in which the version is ahead.

    Without pairs all of them are None. Where a version has several answers beside one reference, the newest counts.
    """

    version: int
    baseline: int
    n: int
    mean: float | None = None
    baseline_mean: float | None = None
    difference: float | None = None
    low: float | None = None  # 95%, clustered by dialogue; None for a single dialogue
    high: float | None = None
    better: float | None = None
    worse: float | None = None

    @property
    def is_ahead(self) -> bool:
        return self.difference is not None and self.difference > 0

    @property
    def half(self) -> float:
        """Half the width of the interval, 0 where there is none."""
        return 0.0 if self.high is None or self.difference is None else self.high - self.difference


def pair(selection: Selection, final: np.ndarray, version: int, baseline: int) -> Paired:
    """From final scores (N,) of the selection; unknown ones are in no pair. Both are ids of versions."""
    mine, theirs = rows_of_pairs(selection, final, version, baseline)
    if not len(mine):
        return Paired(version, baseline, 0)
    differences = final[mine] - final[theirs]
    difference = float(differences.mean())
    dialogues = selection.columns.dialogues[mine]
    order = np.argsort(dialogues, kind="stable")
    begins = begins_of(dialogues[order])
    half = half_interval((differences - difference)[order], begins, len(mine), len(begins))
    low, high = (None, None) if half is None else (difference - half, difference + half)
    means = float(final[mine].mean()), float(final[theirs].mean())
    shares = float((differences > 0).mean()), float((differences < 0).mean())
    return Paired(version, baseline, len(mine), *means, difference, low, high, *shares)


def rows_of_pairs(
    selection: Selection, final: np.ndarray, version: int, baseline: int
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of both versions beside each reference that both were compared with, (P,) each."""
    mine, theirs = (_rows_by_reference(selection.groups, final, of) for of in (version, baseline))
    both = (mine >= 0) & (theirs >= 0)
    return mine[both], theirs[both]


def _rows_by_reference(groups: Groups, final: np.ndarray, version: int) -> np.ndarray:
    """The version's row with a known score for each reference, -1 where there is none."""
    found = np.full(groups.references, -1, dtype=np.int64)
    stretch = groups.stretches[int(np.searchsorted(groups.versions, version))]
    rows = np.flatnonzero(~np.isnan(final[stretch])) + stretch.start
    found[groups.reference[rows]] = rows
    return found
