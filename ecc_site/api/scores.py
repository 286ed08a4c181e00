"""Scores."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Router, Schema

from ecc_site.api.auth import TokenRequest
from ecc_site.api.datasets import require_dataset
from ecc_site.api.parts import Cursor, InQuery, Limit, id_after, operation
from ecc_site.core.keyset import encode_cursor
from scoring.components import STORED
from scoring.models import Score

router = Router(tags=["scores"])


class ScorerSetOut(Schema):
    id: int
    similarity: str
    match: str
    digest: str


class ProfileOut(Schema):
    """Eq. 1: final = α · similarity + (1 − α) · match_end; where match_cloud < Θ, final = similarity."""

    alpha: float
    theta: float
    threshold: float
    revision: int


class ScoreOut(Schema):
    """Components in [0, 1]; null is unknown. Only scores of one scorer set and one kind of reference compare."""

    id: int
    comparison: int
    turn: int
    end_answer: int
    reference_answer: int
    version: str
    kind: Literal["cloud", "human", "correction"]
    split: Literal["train", "dev", "test"]
    similarity: float | None
    match_end: float | None
    match_cloud: float | None
    final: float | None
    scorer_set: ScorerSetOut
    profile: ProfileOut
    created_at: datetime


class Scores(Schema):
    items: list[ScoreOut]
    next_cursor: str | None


@operation(router, "GET", "/scores", "scores:read", Scores, 404)
def list_scores(request: TokenRequest, dataset: InQuery, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """The scores of a dataset, the oldest first, each with its scorers and the profile of its final score."""
    rows = Score.objects.filter(dataset=require_dataset(dataset), pk__gt=id_after(cursor)).order_by("pk")
    found = list(rows.select_related("comparison", "version", "scorer_set", "profile")[: limit + 1])
    following = encode_cursor([found[limit - 1].pk]) if len(found) > limit else None
    return {"items": [_score(score) for score in found[:limit]], "next_cursor": following}


def _score(score: Score) -> dict[str, Any]:
    named = ("id", "kind", "split", *STORED, "final", "scorer_set", "profile", "created_at")
    return {
        **{name: getattr(score, name) for name in named},
        "comparison": score.comparison_id,
        "turn": score.comparison.turn_id,
        "end_answer": score.comparison.end_id,
        "reference_answer": score.comparison.reference_id,
        "version": score.version.name,
    }
