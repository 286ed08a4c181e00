"""What would change if the parameters did: which answers would change sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.figures.selection import Scored


@dataclass(frozen=True)
class Changes:
    becomes_acceptable: int  # how many answers
    no_longer_acceptable: int
    ids: list[int]  # of scores that change sides, the largest change first, at most as many as asked for


def changes(ids: np.ndarray, now: Scored, then: Scored, most: int) -> Changes:
    """Between two sets of parameters for the scores with these ids (N,). What is unknown is never acceptable."""
    before, after = now.final >= now.parameters.threshold, then.final >= then.parameters.threshold
    changed = np.flatnonzero((before != after) & ~np.isnan(now.final) & ~np.isnan(then.final))
    up = int(np.count_nonzero(after[changed]))
    return Changes(up, len(changed) - up, _largest(ids, changed, now.final, then.final, most))


def _largest(ids: np.ndarray, rows: np.ndarray, before: np.ndarray, after: np.ndarray, most: int) -> list[int]:
    sizes = np.abs(after[rows] - before[rows])
    if len(rows) > most:
        chosen = np.argpartition(-sizes, most)[:most]
        rows, sizes = rows[chosen], sizes[chosen]
    return ids[rows[np.lexsort((ids[rows], -sizes))]].tolist()
