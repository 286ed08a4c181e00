"""From which replies a round drew its items, and of which it took all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogues.models import Split
from review.calibration.columns import SPLITS, STRATA, Replies, Said
from review.calibration.estimating.sampling import region_of_lowest
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
        if not self.selection or self.selection.get("comparisons"):
            return False
        return self.selection["tag"] is None and not self.selection["against_people"]

    def regions(self, replies: Replies, own: Said, final: np.ndarray, parameters: Parameters) -> list[np.ndarray]:
        """Masks of the replies from which it drew, and of those of which it took all."""
        pool = np.isin(replies.split, [SPLITS.index(split) for split in OF_PURPOSE[Round.Purpose(self.purpose)]])
        pool &= np.isin(replies.version, self.selection["versions"])
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


def _from_the_limits(replies: Replies, final: np.ndarray, parameters: Parameters) -> np.ndarray:
    """How far a reply is from the threshold or from Θ, whichever is nearer: the most uncertain first."""
    return np.fmin(np.abs(final - parameters.threshold), np.abs(replies.match_cloud - parameters.theta))
