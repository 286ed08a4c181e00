"""Every measure of single replies, as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from review.calibration.beside.working_out import texts_of
from scoring.components import STORED
from scoring.measures.beside import MEASURES
from scoring.models import Score, ScorerSet

SCORES = (*STORED, "final")
HEAD = ("comparison", "version", "question", "reply", "reference", *SCORES, *MEASURES)


def rows_of(comparisons: Iterable[int], scorer_set: ScorerSet) -> Iterator[tuple[object, ...]]:
    """The head, then a row for each of these comparisons that is still there; read and measured as it is written."""
    yield HEAD
    for texts in texts_of(comparisons):
        scores = Score.objects.filter(scorer_set=scorer_set, comparison__in=texts.ids)
        stored = {pk: row for pk, *row in scores.values_list("comparison", "version__name", *SCORES)}
        measured = zip(*texts.measured().values(), strict=True)
        for pk, *said, values in zip(*texts, measured, strict=True):
            if pk in stored:
                version, *scored = stored[pk]
                yield pk, version, *said, *scored, *map(_cell, values)


def _cell(value: float) -> float | None:
    """Empty for unknown."""
    return None if math.isnan(value) else round(float(value), 6)
