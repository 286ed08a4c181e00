"""The filters of the page of measures."""

from __future__ import annotations

from typing import Any

from review.calibration.pages.forms import CalibrationFilter

KEPT = ("dataset", "kind", "version", "language", "split")


class MeasuresFilter(CalibrationFilter):
    """Those of calibration that are about replies and not about verdicts."""

    def __init__(self, asked: dict[str, Any]):
        super().__init__({name: value for name, value in asked.items() if name in KEPT})
        for name in self.fields.keys() - set(KEPT):
            del self.fields[name]
