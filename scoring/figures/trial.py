"""What would change if the parameters did: for each version, and which answers would change sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.figures.by_version import VersionFigures, figures
from scoring.figures.columns import Columns
from scoring.figures.groups import Groups
from scoring.figures.parameters import Parameters


@dataclass(frozen=True)
class Trial:
    """The scores under the active parameters and under those that are tried."""

    now: list[VersionFigures]
    tried: list[VersionFigures]
    becomes_acceptable: int  # how many answers
    no_longer_acceptable: int
    changed: list[int]  # ids of scores that change sides, the largest change first, at most as many as asked for


def try_out(columns: Columns, groups: Groups, active: Parameters, tried: Parameters, most: int) -> Trial:
    """`groups` are those of the columns; `most` is how many of the changed scores are named."""
    before, after = active.final(columns), tried.final(columns)
    up = (after >= tried.threshold) & ~(before >= active.threshold) & ~np.isnan(before)
    down = (before >= active.threshold) & ~(after >= tried.threshold)
    changed = np.flatnonzero(up | down)
    return Trial(
        now=figures(columns, groups, active, before),
        tried=figures(columns, groups, tried, after),
        becomes_acceptable=int(up.sum()),
        no_longer_acceptable=int(down.sum()),
        changed=_largest(columns.ids, changed, after - before, most),
    )


def _largest(ids: np.ndarray, rows: np.ndarray, changes: np.ndarray, most: int) -> list[int]:
    sizes = np.abs(changes[rows])
    if len(rows) > most:
        chosen = np.argpartition(-sizes, most)[:most]
        rows, sizes = rows[chosen], sizes[chosen]
    return ids[rows[np.lexsort((ids[rows], -sizes))]].tolist()
