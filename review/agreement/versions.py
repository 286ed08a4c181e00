"""Strengths of the versions that a round compares with the same kind of reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.figures import POINTS
from review.agreement.measures.bradley_terry import Games, strengths
from review.agreement.measures.estimates import Estimate
from review.agreement.ratings import Ratings


@dataclass(frozen=True)
class VersionStrength:
    """version: its id, None for the reference, which has 0; strength: log odds of winning against the reference."""

    version: int | None
    strength: Estimate


def strengths_of(opinions: Ratings) -> list[VersionStrength]:
    """The strongest first, the unknown last; empty where there is only one version.

    Each opinion is a game between a version and the reference, "both bad" a tie. Dialogues are the clusters.
    """
    versions, player = np.unique(opinions.version, return_inverse=True)
    if len(versions) < 2:
        return []
    games = Games(player + 1, np.zeros(len(player), dtype=np.int64), POINTS[opinions.preference], opinions.dialogue)
    found = [
        VersionStrength(version, strength)
        for version, strength in zip([None, *map(int, versions)], strengths(games, len(versions) + 1), strict=True)
    ]
    return sorted(found, key=lambda of: -np.inf if of.strength.value is None else of.strength.value, reverse=True)
