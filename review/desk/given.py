"""The verdicts that an annotator gave last, for the strip beside the desk; what the round hid before is told there."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from review.desk.sides import choice_of, left_side
from review.models import Round, Verdict
from scoring.models import Score, ScorerSet

SHOWN = 10


@dataclass(frozen=True)
class Given:
    verdict: Verdict
    choice: str  # left | right | tie | both_bad
    left: str  # end | reference
    score: Score | None


def latest(round_: Round, annotator: User) -> list[Given]:
    """The newest first."""
    own = Verdict.objects.active().filter(round=round_, annotator=annotator, item__same_as=None)
    own = own.select_related("item", "current", "comparison__turn", "comparison__version").order_by("-updated_at")
    verdicts = list(own[:SHOWN])
    compared = [verdict.comparison_id for verdict in verdicts]
    found = Score.objects.filter(comparison__in=compared, scorer_set=ScorerSet.objects.current())
    scores = {score.comparison_id: score for score in found}
    return [_given(round_, verdict, scores.get(verdict.comparison_id)) for verdict in verdicts]


def _given(round_: Round, verdict: Verdict, score: Score | None) -> Given:
    left = left_side(round_, verdict.item, verdict.annotator_id)
    preference = verdict.current.preference if verdict.current else ""
    return Given(verdict, choice_of(preference, left), left, score)
