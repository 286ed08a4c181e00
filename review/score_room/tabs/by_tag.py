"""The mean final score by what customers want."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from review.models import Tag
from review.score_room.room import Room
from review.score_room.tabs.drawn import Drawn, Row, query_of
from review.score_room.tagged import tags_of
from scoring import charts
from scoring.figures.by_group import grouped

MOST = 15  # tags; the most frequent ones


@dataclass(frozen=True)
class _OfTag:
    tag: int
    version: int
    n: int
    mean: float
    half: float


def by_tag(room: Room) -> Drawn:
    tags, turns = tags_of(room.dataset)
    if not len(tags):
        return Drawn(None, _("No question here has a tag yet. Tags are suggested from examples, on the page Tags."))
    found = _figures(room, tags, turns)
    if not found:
        return Drawn(None, _("No final score is known here."))
    names = dict(Tag.objects.filter(pk__in={row.tag for row in found}).values_list("pk", "name"))
    found = [row for row in found if row.tag in names]
    lines: dict[str, list] = {name: [] for name in room.names.values()}
    for row in found:
        half = None if np.isnan(row.half) else row.half
        query = query_of(of=row.version, with_tag=row.tag)
        lines[room.names[row.version]].append((names[row.tag], row.mean, half, row.n, query))
    columns = (_("Tag"), _("Version"), _("Answers"), _("Mean"), _("from"), _("to"))
    rows = [Row(_cells(room, names, row), query_of(of=row.version, with_tag=row.tag)) for row in found]
    figure = charts.by_name(lines, list(dict.fromkeys(names[row.tag] for row in found)))
    return Drawn(figure, _reading(room, names, found), columns, rows)


def _figures(room: Room, tags: np.ndarray, turns: np.ndarray) -> list[_OfTag]:
    """Of each tag and version with a known score, the lowest mean first."""
    columns = room.selection.columns
    order = np.argsort(columns.turns, kind="stable")
    sorted_turns = columns.turns[order]
    begin, end = (np.searchsorted(sorted_turns, turns, side) for side in ("left", "right"))
    many = end - begin
    rows = order[np.repeat(begin - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(many.sum())]
    kinds, tag = np.unique(np.repeat(tags, many), return_inverse=True)
    versions = room.selection.groups.versions
    version = np.searchsorted(versions, columns.versions[rows])
    group = tag * len(versions) + version
    of = grouped(room.scored.final[rows], columns.dialogues[rows], group, len(kinds) * len(versions))
    frequent = np.argsort(-of.n.reshape(len(kinds), -1).sum(axis=1), kind="stable")[:MOST]
    found = [
        _OfTag(int(kinds[t]), int(versions[v]), int(of.n[g]), float(of.mean[g]), float(of.half[g]))
        for t in frequent
        for v in range(len(versions))
        if of.n[g := t * len(versions) + v]
    ]
    return sorted(found, key=lambda row: row.mean)


def _cells(room: Room, names: dict[int, str], row: _OfTag) -> tuple:
    low, high = (None, None) if np.isnan(row.half) else (max(0.0, row.mean - row.half), min(1.0, row.mean + row.half))
    return names[row.tag], room.names[row.version], row.n, row.mean, low, high


def _reading(room: Room, names: dict[int, str], found: list[_OfTag]) -> str:
    least = 10
    worst = next((row for row in found if row.n >= least), found[0])
    said = _("Lowest on “%(tag)s”: %(mean).2f for %(version)s, n = %(n)s.")
    told = {"tag": names[worst.tag], "version": room.names[worst.version], "n": f"{worst.n:,}"}
    return said % {**told, "mean": worst.mean}
