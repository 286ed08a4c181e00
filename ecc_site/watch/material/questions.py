"""The customer's turns of the newest dialogues that a version has answered, and whether each has a known score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from django.db.models.functions import Coalesce

from dialogues.models import Comparison, Dialogue, Turn
from ecc_site.core.batching import batched
from ecc_site.watch.material.scope import Scope, Window
from scoring.models import Score, ScorerSet

WINDOW = Window(size=300, baseline=0, least=40)
LOOKED_AT = 500  # of the newest comparisons, for one that is scored


@dataclass(frozen=True)
class Questions:
    """N turns that were to be answered, each column of shape (N,)."""

    dialogues: np.ndarray
    known: np.ndarray  # whether the version has a known final score there


class QuestionMaterial:
    window = WINDOW

    def __init__(self, scope: Scope):
        self.scope = scope

    @cached_property
    def newest_ids(self) -> list[int]:
        """Ids of dialogues, the highest first, none of them imported after the newest that has been scored.

        Those that wait for an answer or a score are not missing yet.
        """
        newest_scored = self._newest_scored()
        if newest_scored is None:
            return []
        newest = Dialogue.objects.filter(dataset=self.scope.dataset, pk__lte=newest_scored)
        return sorted(newest.order_by("-created_at", "-pk").values_list("pk", flat=True)[: WINDOW.size], reverse=True)

    def _newest_scored(self) -> int | None:
        """The dialogue of the newest comparison that has a score, known or not; None where the newest all wait."""
        rows = Comparison.objects.filter(**self.scope.filter).order_by("-pk")
        dialogue_of = dict(rows.values_list("pk", "turn__dialogue")[:LOOKED_AT])
        newest = max(_scored(list(dialogue_of)), default=None)
        return None if newest is None else dialogue_of[newest]

    @cached_property
    def moments(self) -> list[datetime]:
        rows = Dialogue.objects.filter(pk__in=self.newest_ids)
        return list(rows.values_list(Coalesce("ended_at", "created_at"), flat=True))

    @cached_property
    def recent(self) -> Questions:
        turns = Turn.objects.filter(dialogue__in=self.newest_ids, is_open=True).order_by()
        rows = list(turns.values_list("pk", "dialogue_id"))
        known = self._known([turn for turn, _dialogue in rows])
        dialogues = np.array([dialogue for _turn, dialogue in rows], dtype=np.int64)
        return Questions(dialogues, np.array([turn in known for turn, _dialogue in rows], dtype=bool))

    def _known(self, turns: list[int]) -> set[int]:
        """Those of the turns where the version has a known score.

        Version and kind are compared here: a database without statistics would look for them in the index of all
        comparisons of the version.
        """
        wanted = (self.scope.version.pk, self.scope.kind)
        known: set[int] = set()
        for some in batched(turns):
            rows = Comparison.objects.filter(turn__in=some).values_list("pk", "turn_id", "version_id", "kind")
            turn_of = {pk: turn for pk, turn, version, kind in rows if (version, kind) == wanted}
            known |= {turn_of[pk] for pk, final in _scored(list(turn_of)).items() if final is not None}
        return known


def _scored(comparisons: list[int]) -> dict[int, float | None]:
    """The final score of those that the current scorer set has scored. The set is compared here, as the version is."""
    current = ScorerSet.objects.current()
    rows = Score.objects.filter(comparison__in=comparisons).values_list("comparison_id", "scorer_set_id", "final")
    return {comparison: final for comparison, scorer_set, final in rows if current and scorer_set == current.pk}
