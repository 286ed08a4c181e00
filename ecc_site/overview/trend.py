"""Final score and acceptance by people over time, each as a chart with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from ecc_site.core.charts import as_json
from ecc_site.overview.figures import Figures
from scoring import charts
from scoring.figures.over_time import OverTime
from scoring.readings import reading_over_time
from serving.models import AliasMove, Version

LONGEST = timedelta(days=31)  # a period


def trend_of(figures: Figures, champion: Version | None, versions: Mapping[int, Version]) -> dict[str, Any]:
    """For the template: chart and reading of both, None and empty where there is nothing to draw."""
    found = {"score": figures.by_score.over_time, "people": figures.by_people.over_time}
    days = [row.begins for of in found.values() for row in of.rows]
    moves = AliasMove.objects.champions(min(days), max(days) + LONGEST) if days else []
    marks = [(day, version.name) for day, version in moves]
    looks: dict[str, dict[str, str]] = {"score": {}, "people": {"title": _("accepted by people"), "number": ".0%"}}
    shown: dict[str, Any] = {}
    for name, of in found.items():
        rows = {versions[pk].name: periods for pk, periods in of.by_version.items() if pk in versions}
        shown[f"{name}_chart"] = as_json(charts.over_time(rows, marks, **looks[name])) if rows else None
        shown[f"{name}_reading"] = _reading(of, champion, versions, in_percent=name == "people")
    return shown


def _reading(of: OverTime, champion: Version | None, versions: Mapping[int, Version], *, in_percent: bool) -> str:
    """Of the version that answers customers, else of that with the latest period."""
    by_version = {pk: rows for pk, rows in of.by_version.items() if pk in versions}
    if not by_version:
        return ""
    latest = max(by_version, key=lambda pk: (champion is not None and pk == champion.pk, by_version[pk][-1].begins))
    return reading_over_time(versions[latest].name, by_version[latest], of.period, in_percent=in_percent)
