"""The figures of agreement with names and sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.models import Split
from ecc_site.core.charts import as_json
from ecc_site.core.language import Language
from review.calibration.measures.reliability import LEAST_IN_BIN
from review.calibration.pages import charts, readings
from review.calibration.slices import Slice
from review.calibration.source import Source
from review.calibration.subjects.agreement import AgreementFigures
from review.models import Tag
from serving.models import Version

SCORES = {
    "similarity": gettext_lazy("similarity"),
    "match_end": gettext_lazy("match"),
    "match_cloud": gettext_lazy("reference match"),
    "final": gettext_lazy("final score"),
    "length": gettext_lazy("length alone"),
}
PARTS = {
    "version": gettext_lazy("Version"),
    "language": gettext_lazy("Language"),
    "split": gettext_lazy("Split"),
    "tag": gettext_lazy("Tag"),
}
LONGEST = 14  # letters of a name beside an axis


def in_words(source: Source, found: AgreementFigures) -> dict[str, Any]:
    slices = [(_shortened(name), of.auc) for name, of in _named(found.slices)]
    drawn = any(auc.value is not None and auc.n >= LEAST_IN_BIN for _name, auc in slices)
    return {
        "headline": readings.headline(found),
        "over_length": readings.reading_over_length(found.over_length),
        "scores": [(SCORES[score.name], score) for score in found.scores],
        "curve_reading": readings.reading_of_curve(found.curve),
        "curve_chart": as_json(charts.reliability(found.curve, found.parameters.threshold)) if found.curve else None,
        "slices": _named(found.slices),
        "slices_reading": readings.reading_of_slices(slices) if drawn else "",
        "slices_chart": as_json(charts.slices(slices)) if drawn else None,
    }


def _named(slices: list[Slice]) -> list[tuple[str, Slice]]:
    """Two queries."""
    names: dict[str, Any] = {"language": dict(Language.choices), "split": dict(Split.choices)}
    for by, model in (("version", Version), ("tag", Tag)):
        rows = model.objects.in_bulk([int(of.key) for of in slices if of.by == by])
        names[by] = {str(pk): str(row) for pk, row in rows.items()}
    named = [{"kind": PARTS[of.by], "name": names[of.by].get(of.key, "–")} for of in slices]
    return [(_("%(kind)s: %(name)s") % name, of) for name, of in zip(named, slices, strict=True)]


def _shortened(name: str) -> str:
    return name if len(name) <= 2 * LONGEST else f"{name[: 2 * LONGEST - 1]}…"
