"""What a frozen set is compared with, and the stored scores of its pairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from dialogues.models import Dataset, EvalItem, EvalSet
from dialogues.querysets import KINDS
from scoring.fusion import COMPONENTS, final_score
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from serving.runtimes.protocol import EVALUATION


@dataclass(frozen=True)
class FinalScore:
    """The final score of one pair, in [0, 1]; NaN where it is unknown."""

    final: float
    score_id: int
    comparison_id: int
    dialogue_id: int


def datasets_of(eval_set: EvalSet) -> QuerySet[Dataset]:
    return Dataset.objects.filter(pk__in=eval_set.items.values("turn__dialogue__dataset")).order_by("id")


def kinds_of(eval_set: EvalSet) -> dict[str, int]:
    """Kind of reference: how many items of the set have it, the most frequent first."""
    sources = eval_set.items.values_list("reference__source", flat=True)
    return dict(Counter(KINDS[source] for source in sources).most_common())


def active_profile(eval_set: EvalSet, scorer_set: ScorerSet) -> Profile:
    """α, Θ and acceptance threshold that count for the set: those of its (first) dataset."""
    return Profile.objects.active_for(datasets_of(eval_set).first(), scorer_set)


def scores_of(eval_set: EvalSet, versions: list[Version], scorer_set: ScorerSet, kind: str) -> QuerySet[Score]:
    """Scores of these versions on the set's (turn, reference) pairs, of answers decoded as evaluations decode them."""
    items = EvalItem.objects.filter(
        eval_set=eval_set, turn=OuterRef("comparison__turn"), reference=OuterRef("comparison__reference")
    )
    scores = Score.objects.filter(scorer_set=scorer_set, version__in=versions, kind=kind)
    return scores.filter(Exists(items), comparison__end__settings_hash=EVALUATION.digest)


def final_scores(eval_set: EvalSet, version: Version, kind: str, profile: Profile) -> dict[tuple[int, int], FinalScore]:
    """(turn id, reference id): the final score under the profile's α and Θ, from the stored components."""
    scores = scores_of(eval_set, [version], profile.scorer_set, kind)
    origins = ("comparison__turn", "comparison__reference", "pk", "comparison", "comparison__turn__dialogue")
    rows = list(scores.values_list(*origins, *COMPONENTS))
    columns = np.array([row[len(origins) :] for row in rows], dtype=float)  # None becomes NaN
    components = dict(zip(COMPONENTS, columns.reshape(-1, len(COMPONENTS)).T, strict=True))  # each (B,)
    finals = np.asarray(final_score(**components, alpha=profile.alpha, theta=profile.theta))  # (B,)
    return {row[:2]: FinalScore(float(final), *row[2:5]) for row, final in zip(rows, finals, strict=True)}
