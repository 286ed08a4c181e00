"""The figures of agreement with names and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.models import Split
from ecc_site.core.charts import as_json, shortened
from ecc_site.core.language import Language
from review.calibration.measures.reliability import LEAST_IN_BIN
from review.calibration.pages import charts, readings
from review.calibration.slices import Slice
from review.calibration.source import Source
from review.calibration.subjects.agreement import LENGTH, AgreementFigures
from review.models import Tag
from scoring.components import labels
from serving.models import Version

PARTS = {
    "version": gettext_lazy("Version"),
    "language": gettext_lazy("Language"),
    "split": gettext_lazy("Split"),
    "tag": gettext_lazy("Tag"),
}


def in_words(source: Source, found: AgreementFigures) -> dict[str, Any]:
    named = names_of(found.slices)
    short, slices = shortened(named), [(_titled(of, name), of) for name, of in zip(named, found.slices, strict=True)]
    beside_axis = [(_titled(of, short[name]), of.auc) for name, of in zip(named, found.slices, strict=True)]
    drawn = any(auc.value is not None and auc.n >= LEAST_IN_BIN for _name, auc in beside_axis)
    names = {**labels(), LENGTH: _("length alone")}
    return {
        "headline": readings.headline(found),
        "over_length": readings.reading_over_length(found.over_length),
        "scores": [(names[score.name], score) for score in found.scores],
        "curve_reading": readings.reading_of_curve(found.curve),
        "curve_chart": as_json(charts.reliability(found.curve, found.parameters.threshold)) if found.curve else None,
        "slices": slices,
        "slices_reading": readings.reading_of_slices([(name, of.auc) for name, of in slices]) if drawn else "",
        "slices_chart": as_json(charts.slices(beside_axis)) if drawn else None,
    }


def names_of(slices: Sequence[Slice]) -> list[str]:
    """Of each part. Two queries."""
    names: dict[str, Any] = {"language": dict(Language.choices), "split": dict(Split.choices)}
    for by, model in (("version", Version), ("tag", Tag)):
        rows = model.objects.in_bulk([int(of.key) for of in slices if of.by == by])
        names[by] = {str(pk): str(row) for pk, row in rows.items()}
    return [str(names[of.by].get(of.key, "–")) for of in slices]


def _titled(of: Slice, name: str) -> str:
    return _("%(kind)s: %(name)s") % {"kind": PARTS[of.by], "name": name}
