"""The newest verdicts about a scope's answers, with the components of what they were about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

import numpy as np

from ecc_site.core.columns import Column, converted, ids, numbers
from ecc_site.watch.material.newest import Newest
from ecc_site.watch.material.scope import Scope, Window
from review.agreement.ratings import CODES
from review.models import Round, Verdict

WINDOW = Window(size=400, baseline=0, least=60)
ROUNDS = 10  # the newest of the dataset; verdicts come in by rounds

COLUMNS: dict[str, Column] = {
    "revisions": ("current", ids),
    "comparisons": ("comparison", ids),
    "dialogues": ("item__dialogue", ids),
    "preferences": ("current__preference", lambda column: np.array([CODES[name] for name in column], dtype=np.int8)),
    "accepted": ("current__end_acceptable", numbers),
    "moments": ("current__created_at", lambda column: np.array(column, dtype=object)),
}
PATHS = tuple(path for path, _ in COLUMNS.values())


@dataclass(frozen=True)
class Opinions(Newest):
    """Verdicts; their moment is when they were given or changed."""

    revisions: np.ndarray
    comparisons: np.ndarray
    dialogues: np.ndarray
    preferences: np.ndarray  # index in PREFERENCES
    accepted: np.ndarray  # 0 or 1


class VerdictMaterial:
    window = WINDOW

    def __init__(self, scope: Scope):
        self.scope = scope

    @property
    def newest_ids(self) -> list[int]:
        """Ids of the current revisions, the newest first."""
        return self.recent.revisions.tolist()

    @cached_property
    def recent(self) -> Opinions:
        """Opinions that people gave themselves before a reveal, without gold items, whose answer is known.

        Each round is read from the end of an index of its own.
        """
        rounds = Round.objects.filter(dataset=self.scope.dataset, kind=self.scope.kind).order_by("-pk")[:ROUNDS]
        rows = [row for round_ in rounds for row in self._newest_of(round_)]
        return Opinions(**converted(nlargest(WINDOW.size, rows), COLUMNS))  # the revision comes first in a row

    def _newest_of(self, round_: Round) -> list[tuple]:
        """The version is compared here, so that the index of the round is the only one that fits."""
        given = Verdict.objects.independent().filter(round=round_, current__after_reveal=False, item__expected="")
        rows = given.order_by("-current").values_list(*PATHS, "comparison__version")[: 2 * WINDOW.size]
        return [row[:-1] for row in rows if row[-1] == self.scope.version.pk]
