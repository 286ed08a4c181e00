"""What the people of a round hold of each item together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.counting import counts_of
from review.agreement.measures.dawid_skene import dawid_skene
from review.agreement.ratings import PREFERENCES, Ratings

MANY = 3  # from so many opinions on, how each annotator errs is taken into account
UNDECIDED = -1


@dataclass(frozen=True)
class ConsensusCounts:
    """preferences: how many items have each; undecided: how many the opinions are split about; adjudicated: how many a
    manager has decided.
    """

    preferences: dict[str, int]
    undecided: int
    adjudicated: int


@dataclass(frozen=True)
class Consensus:
    """items: shape (I,), ids; preferences: shape (I,), index in PREFERENCES, UNDECIDED where the opinions are split;
    decided: shape (I,), whether a manager has decided.
    """

    items: np.ndarray
    preferences: np.ndarray
    decided: np.ndarray

    def counted(self) -> ConsensusCounts:
        clear = self.preferences[self.preferences != UNDECIDED]
        counts = map(int, np.bincount(clear, minlength=len(PREFERENCES)))
        by_name = dict(zip(PREFERENCES, counts, strict=True))
        return ConsensusCounts(by_name, len(self.preferences) - len(clear), int(self.decided.sum()))


def consensus_of(ratings: Ratings) -> Consensus:
    """The newest decision of a manager; else, with three opinions or more, the most probable preference by Dawid and
    Skene; else what both say. Dawid and Skene's model is fitted to all opinions of the round.
    """
    items = np.unique(ratings.item)
    preferences = np.full(len(items), UNDECIDED)
    opinions = ratings.where(~ratings.decides)
    if len(opinions):
        _add_opinions(preferences, np.searchsorted(items, opinions.item), opinions)
    decisions = ratings.where(ratings.decides)
    order = np.argsort(decisions.revision)
    at = np.searchsorted(items, decisions.item[order])
    preferences[at] = decisions.preference[order]  # of several, the newest is written last
    return Consensus(items, preferences, np.isin(np.arange(len(items)), at))


def _add_opinions(preferences: np.ndarray, position: np.ndarray, opinions: Ratings) -> None:
    counts = counts_of(position, opinions.preference, len(PREFERENCES))
    top = counts.max(axis=1)
    is_clear = (counts == top[:, None]).sum(axis=1) == 1
    preferences[: len(counts)] = np.where(is_clear, counts.argmax(axis=1), UNDECIDED)
    many = np.flatnonzero(counts.sum(axis=1) >= MANY)
    if len(many):
        preferences[many] = _most_probable(position, opinions)[many]


def _most_probable(position: np.ndarray, opinions: Ratings) -> np.ndarray:
    """By position of an item, which may have gaps."""
    found, item = np.unique(position, return_inverse=True)
    _, rater = np.unique(opinions.annotator, return_inverse=True)
    probable = np.full(int(position.max()) + 1, UNDECIDED)
    fitted = dawid_skene(item, rater, opinions.preference.astype(np.int64), len(PREFERENCES))
    probable[found] = fitted.posteriors.argmax(axis=1)
    return probable
