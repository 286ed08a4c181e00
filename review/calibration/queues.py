"""From which replies a round drew its items, and of which it took all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dialogues.models import Split
from review.calibration.columns import LANGUAGES, SPLITS, STRATA, Replies, VerdictColumns
from review.calibration.estimating.sampling import region_of_lowest
from review.drawn import Drawn
from review.models import Round
from scoring.parameters import Parameters

OF_PURPOSE = {Round.Purpose.TEACH: (Split.TRAIN, Split.DEV), Round.Purpose.MEASURE: (Split.TEST,)}


@dataclass(frozen=True)
class Queue:
    """How the items of a round were chosen."""

    purpose: str
    selection: Mapping[str, Any]

    @property
    def by_score_and_chance(self) -> bool:
        """Not by a tag, by verdicts, by hand, or by whoever wrote the imported file."""
        if not self.selection or (self.selection.get("comparisons") and self.drawn is None):
            return False
        return self.selection["tag"] is None and not self.selection["against_people"]

    @property
    def is_even(self) -> bool:
        """Whether its random items were drawn from all replies of its versions, each with the same chance."""
        narrowed = any(self.selection.get(name) is not None for name in ("low", "high", "theta_rule"))
        in_part = self.drawn is not None and bool(self.drawn.edges or self.drawn.languages)
        return self.by_score_and_chance and not narrowed and not in_part

    @property
    def drawn(self) -> Drawn | None:
        """How its comparisons were drawn, where they were before the round was made."""
        kept = self.selection.get("drawn")
        return Drawn.of_json(kept) if kept else None

    def regions(
        self, replies: Replies, own: VerdictColumns, final: np.ndarray, parameters: Parameters
    ) -> list[np.ndarray]:
        """Masks of the replies from which it drew, and of those of which it took all."""
        pool = np.isin(replies.split, [SPLITS.index(split) for split in OF_PURPOSE[Round.Purpose(self.purpose)]])
        pool &= np.isin(replies.version, self.selection["versions"])
        if self.drawn:
            return [pool & _open_to(self.drawn, replies), *_bands(self.drawn, replies, parameters)]
        low, high, rule = (self.selection[name] for name in ("low", "high", "theta_rule"))
        if low is not None:
            pool &= final >= low
        if high is not None:
            pool &= final <= high
        if rule is not None:
            pool &= (replies.match_cloud < parameters.theta) == rule
        found = [pool]
        orders = {"worst": final, "uncertain": _from_the_limits(replies, final, parameters)}
        if (order := self.selection["order"]) in orders:
            taken = np.zeros(len(replies), dtype=bool)
            taken[own.item[own.stratum == STRATA.index(order)]] = True
            found.append(region_of_lowest(np.where(pool, orders[order], np.nan), taken))
        return found


def _open_to(drawn: Drawn, replies: Replies) -> np.ndarray:
    chosen = np.isin(replies.split, [SPLITS.index(split) for split in drawn.splits])
    if drawn.languages:
        chosen &= np.isin(replies.language, [LANGUAGES.index(language) for language in drawn.languages])
    return chosen


def _bands(drawn: Drawn, replies: Replies, parameters: Parameters) -> list[np.ndarray]:
    """Up to each edge: together these masks tell the bands apart, under the α and Θ of the time."""
    final = replace(parameters, alpha=drawn.alpha, theta=drawn.theta).final(replies)
    return [final <= edge for edge in drawn.edges]


def _from_the_limits(replies: Replies, final: np.ndarray, parameters: Parameters) -> np.ndarray:
    """How far a reply is from the threshold or from Θ, whichever is nearer: the most uncertain first."""
    return np.fmin(np.abs(final - parameters.threshold), np.abs(replies.match_cloud - parameters.theta))
