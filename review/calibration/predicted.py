"""What the active learned models say of stored scores: how likely people accept each reply."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dialogues.models import Dataset
from review.calibration.estimating.features import NAMES, features_of
from review.calibration.estimating.learned import Model
from review.models import LearnedScorer
from scoring.fusion import COMPONENTS
from scoring.models import Score, ScorerSet


def predicted_of(scores: Sequence[Score], dataset: Dataset, scorer_set: ScorerSet, language: str) -> dict[int, float]:
    """By id of the score the probability of acceptance, in [0, 1], of those whose kind of reference has a model.

    scores: of one dialogue in this language, with their texts. One query.
    """
    active = LearnedScorer.objects.active().filter(dataset=dataset, scorer_set=scorer_set)
    found: dict[int, float] = {}
    for learned in active if scores else ():
        own, model = [score for score in scores if score.kind == learned.kind], _model_of(learned)
        if own and model:
            probability = model.probability(_columns(own, language))
            found |= {score.pk: float(p) for score, p in zip(own, probability, strict=True)}
    return found


def _model_of(learned: LearnedScorer) -> Model | None:
    """None for what an earlier version of the site has stored in another form, or with features that are gone."""
    try:
        model = Model.from_json(learned.coefficients)
    except ValueError:
        return None
    return model if {*COMPONENTS, *NAMES}.issuperset(model.names) else None


def _columns(scores: Sequence[Score], language: str) -> dict[str, np.ndarray]:
    compared = [score.comparison for score in scores]
    questions, replies = [c.turn.text for c in compared], [c.end.text for c in compared]
    features = features_of(questions, replies, [c.reference.text for c in compared], [language] * len(scores))
    return {name: np.array([getattr(score, name) for score in scores], dtype=float) for name in COMPONENTS} | features
