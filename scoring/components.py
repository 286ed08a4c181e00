"""The components that are stored of a comparison: which scorer reads which two of its texts.

Eq. 1 makes the final score of those that `scoring.fusion` names. One beside them is an entry of STORED, a column of
Score and its migration.

A new one does not reach rows that are scored already: NULL in its column also stands for what is unknown, so a ScoreJob
finds nothing to do there. Those rows get it when another scorer set scores them, or when they are deleted and scored
again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from django.utils.translation import gettext_lazy as _

Text = Literal["question", "end", "reference"]


class Scorer(Protocol):
    def score(self, left: Sequence[str], right: Sequence[str]) -> np.ndarray:
        """Of each pair, shape (B,), in [0, 1]."""


class Scorers(NamedTuple):
    """The loaded scorers of one ScorerSet."""

    similarity: Scorer
    match: Scorer


class Component(NamedTuple):
    scorer: Callable[[Scorers], Scorer]
    left: Text
    right: Text
    label: Any  # translated, as it stands in a sentence


SIMILARITY, MATCH = attrgetter("similarity"), attrgetter("match")
STORED = {
    "similarity": Component(SIMILARITY, "end", "reference", _("similarity")),
    "match_end": Component(MATCH, "question", "end", _("match")),
    "match_cloud": Component(MATCH, "question", "reference", _("reference match")),
}


def labels() -> dict[str, Any]:
    """Of every component and of the final score, by the names of their columns."""
    return {**{name: component.label for name, component in STORED.items()}, "final": _("final score")}


def components(
    scorers: Scorers,
    questions: Sequence[str | None],
    end_answers: Sequence[str | None],
    references: Sequence[str | None],
) -> dict[str, np.ndarray]:
    """Everything in STORED, each of shape (B,) in [0, 1]; NaN where one of its two texts is None."""
    texts = {"question": questions, "end": end_answers, "reference": references}
    found: dict[str, np.ndarray] = {}
    for scorer, names in _names_by_scorer().items():
        pairs = [
            pair for name in names for pair in zip(texts[STORED[name].left], texts[STORED[name].right], strict=True)
        ]
        read = scorer(scorers).score([left or "" for left, _ in pairs], [right or "" for _, right in pairs])
        scores = np.array(read, dtype=float)
        scores[[None in pair for pair in pairs]] = np.nan
        found |= zip(names, np.split(scores, len(names)), strict=True)
    return {name: found[name] for name in STORED}


def _names_by_scorer() -> dict[Callable[[Scorers], Scorer], list[str]]:
    """So that each scorer is called once: it reads a repeated text once, and texts of one length together."""
    names = defaultdict(list)
    for name, component in STORED.items():
        names[component.scorer].append(name)
    return names
