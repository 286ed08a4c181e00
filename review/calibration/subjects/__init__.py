"""What is worked out about a filter, each subject in a file of its own with its line in SUBJECTS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from review.calibration.beside import working_out as measures
from review.calibration.beside.figures import BesideFigures
from review.calibration.source import Source, Tell
from review.calibration.subjects import agreement, corrected, fitting, learning, licence


@dataclass(frozen=True)
class Subject:
    """form: the dataclass that `work` makes, which pydantic writes as JSON and reads again: no arrays, no NaN.

    parts: how many steps `work` tells. quick: up to so many verdicts it takes a page well below a second; 0 where what
    is kept is read elsewhere, so that a job has to work it out however little there is. reads_all: it needs
    Source.everything and not only Source.judged, so that it is quick only where the scores are few as well, and stale
    where many scores came later. needs_verdicts: without any there is nothing to say. apart: it has a page of its own.
    """

    form: type
    work: Callable[[Source, Tell], Any]
    parts: int
    quick: int
    reads_all: bool = False
    needs_verdicts: bool = True
    apart: bool = False


SUBJECTS: dict[str, Subject] = {
    "agreement": Subject(agreement.AgreementFigures, agreement.work_out, agreement.PARTS, quick=200),
    "fit": Subject(fitting.FitFigures, fitting.work_out, fitting.PARTS, quick=200),
    "learned": Subject(learning.LearningFigures, learning.work_out, learning.PARTS, quick=199),
    measures.SUBJECT: Subject(
        BesideFigures, measures.work_out, measures.PARTS, quick=-1, reads_all=True, needs_verdicts=False, apart=True
    ),
    "corrected": Subject(
        corrected.CorrectedFigures, corrected.work_out, corrected.PARTS, quick=300, reads_all=True, apart=True
    ),
    "licence": Subject(licence.LicenceFigures, licence.work_out, licence.PARTS, quick=0, apart=True),
}
