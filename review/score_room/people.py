"""What people said of the answers of the score room, and how often the score says the same."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ecc_site.core.columns import columns_of, flags, ids
from review.models import Verdict
from review.score_room.room import Room
from review.score_room.tagged import FRESH_S
from scoring.figures.by_group import Grouped, grouped


@dataclass(frozen=True)
class Share:
    """In [0, 1] with its 95% interval, clustered by dialogue; None where it is unknown."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, found: Grouped, place: int) -> Share:
        n, value, half = int(found.n[place]), float(found.mean[place]), float(found.half[place])
        if not n:
            return cls(0)
        return cls(n, value, *((None, None) if np.isnan(half) else (max(0.0, value - half), min(1.0, value + half))))


@dataclass(frozen=True)
class OfVersion:
    """accepted: of the verdicts, how many accept the answer. agreement: how many of them say what the final score says
    at the threshold. answers: with a verdict.
    """

    name: str
    answers: int
    accepted: Share
    agreement: Share


def said_of(room: Room) -> list[OfVersion]:
    """Of each version about whose answers anybody said whether they are acceptable; at most a minute old."""
    scores, accepted = _said(room.dataset.pk, room.kind, room.profile.scorer_set_id, int(time.monotonic() // FRESH_S))
    columns = room.selection.columns
    order = np.argsort(columns.ids)
    place = np.searchsorted(columns.ids, scores, sorter=order)
    row = order[np.minimum(place, len(order) - 1)] if len(order) else order
    is_here = columns.ids[row] == scores if len(order) else np.zeros(len(scores), dtype=bool)
    row, accepted = row[is_here], accepted[is_here]
    versions = room.selection.groups.versions
    version, dialogue = np.searchsorted(versions, columns.versions[row]), columns.dialogues[row]
    final = room.scored.final[row]
    same = np.where(np.isnan(final), np.nan, (final >= room.profile.threshold) == accepted)
    by_people, by_both = (grouped(v.astype(float), dialogue, version, len(versions)) for v in (accepted, same))
    judged = np.bincount(np.searchsorted(versions, columns.versions[np.unique(row)]), minlength=len(versions))
    return [
        OfVersion(room.names[pk], int(judged[i]), Share.of(by_people, i), Share.of(by_both, i))
        for i, pk in enumerate(versions.tolist())
        if judged[i]
    ]


@lru_cache(maxsize=4)
def _said(dataset: int, kind: str, scorer_set: int, minute: int) -> tuple[np.ndarray, np.ndarray]:
    """The id of the score that each verdict is about, and whether it accepts the answer, shape (M,) each."""
    verdicts = Verdict.objects.independent().filter(
        comparison__dataset=dataset,
        comparison__kind=kind,
        comparison__scores__scorer_set=scorer_set,
        current__end_acceptable__isnull=False,
    )
    columns = {"score": ("comparison__scores__pk", ids), "accepted": ("current__end_acceptable", flags)}
    found = columns_of(verdicts, columns)
    return found["score"], found["accepted"]


def forget() -> None:
    """Read everything again when it is asked for next."""
    _said.cache_clear()
