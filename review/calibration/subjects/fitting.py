"""Which α, Θ and threshold fit what people accepted, beside those that are active."""

from __future__ import annotations

from dataclasses import dataclass

from review.calibration.estimating.fit import Fit, fit
from review.calibration.source import Source, Tell
from scoring.parameters import Parameters

PARTS = 2  # steps that are told


@dataclass(frozen=True)
class FitFigures:
    """replies: with all components known; lacking: see estimating.judged; fit: None where nothing can be fitted."""

    active: Parameters
    replies: int
    lacking: dict[str, int]
    fit: Fit | None


def work_out(source: Source, tell: Tell) -> FitFigures:
    """Of the replies that somebody judged; tell: see PARTS."""
    judged = source.judged.judged().known()
    tell(1)
    found = fit(judged, source.parameters)
    tell(1)
    return FitFigures(source.parameters, len(judged), judged.lacking(), found)
