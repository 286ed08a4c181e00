"""How the final scores of each version are distributed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from review.score_room.room import Room
from review.score_room.tabs.drawn import Drawn, Row, query_of
from scoring import charts
from scoring.figures.by_version import BINS, VersionFigures


def distribution(room: Room) -> Drawn:
    found = [row for row in room.scored.versions if row.known]
    if not found:
        return Drawn(None, _("No final score is known here."))
    figure = charts.distribution({room.names[row.version]: row.histogram for row in found}, room.profile.threshold)
    for trace, version in zip(figure["data"], found, strict=True):
        queries = [_query(version, i) for i in range(BINS)]
        trace["meta"] = queries if len(found) == 1 else charts.to_both_ends(queries)
    columns = (_("Version"), _("from"), _("to"), _("Answers"), _("Share"))
    rows = [_row(room, version, i) for version in found for i in range(BINS) if version.histogram[i]]
    return Drawn(figure, _reading(room, found), columns, rows)


def _query(version: VersionFigures, i: int) -> str:
    return query_of(of=version.version, low=i / BINS, high=(i + 1) / BINS)


def _row(room: Room, version: VersionFigures, i: int) -> Row:
    count = version.histogram[i]
    cells = (room.names[version.version], i / BINS, (i + 1) / BINS, count, count / version.known)
    return Row(cells, _query(version, i))


def _reading(room: Room, found: list[VersionFigures]) -> str:
    best = max(found, key=lambda row: row.share_acceptable or 0)
    said = _("Of %(n)s known scores of %(version)s, %(share)s are at least the threshold %(threshold)s.")
    values = {"share": f"{best.share_acceptable:.0%}", "threshold": f"{room.profile.threshold:.2f}"}
    return said % {**values, "n": f"{best.known:,}", "version": room.names[best.version]}
