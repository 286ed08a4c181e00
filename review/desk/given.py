"""The verdicts that an annotator gave last, for the strip beside the desk; what the round hid before is told there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User

from review.desk.sides import left_side
from review.models import Round, Verdict
from scoring.models import Score, ScorerSet

SHOWN = 10


@dataclass(frozen=True)
class Given:
    verdict: Verdict
    left: str  # end | reference
    score: Score | None  # only where the round hid it


def latest(round_: Round, annotator: User) -> list[Given]:
    """The newest first."""
    own = Verdict.objects.newest_of(round_, annotator)
    return told(round_, own.select_related("item", "current", "comparison__turn", "comparison__version")[:SHOWN])


def told(round_: Round, verdicts: Iterable[Verdict]) -> list[Given]:
    """What the strip says of these verdicts of one round, in their order."""
    rows = list(verdicts)
    scores: dict[int, Score] = {}
    if round_.hides_scores and rows:
        compared = [verdict.comparison_id for verdict in rows]
        found = Score.objects.filter(comparison__in=compared, scorer_set=ScorerSet.objects.current())
        scores = {score.comparison_id: score for score in found}
    return [Given(row, left_side(round_, row.item, row.annotator_id), scores.get(row.comparison_id)) for row in rows]
