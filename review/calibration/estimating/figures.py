"""How well one score agrees with people, and how well people agree with each other on the same items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.bootstrap import resampled
from review.agreement.measures.estimates import Estimate
from review.calibration.measures.auc import auc
from review.calibration.measures.kendall import kendall
from review.calibration.measures.pairwise import pairwise
from review.calibration.measures.spearman import spearman

Measure = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of scores, what was said, and weights (R, N)
OF_ORDER: Mapping[str, Measure] = {"spearman": spearman, "kendall": kendall}
LEAST_OF_A_PERSON = 10  # opinions; over fewer, one person says too little of people


@dataclass(frozen=True)
class Agreement:
    """Over the items with both a score and an opinion; `coverage` is their share of the items that were looked at.

    spearman, kendall: with the graded opinion; auc: with acceptance; pairwise: of the replies to one question that
    people rank differently. Intervals are bootstrapped by dialogue.
    """

    n: int
    coverage: float | None
    spearman: Estimate
    kendall: Estimate
    auc: Estimate
    pairwise: Estimate


def agreement_of(
    scores: np.ndarray,
    graded: np.ndarray,
    accepted: np.ndarray,
    groups: np.ndarray,
    *,
    questions: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> Agreement:
    """Of N items: all of shape (N,), NaN for unknown.

    graded: the mean opinion on any scale on which more is better; accepted: the share of people who accepted the reply;
    groups: dialogues; questions: equal for replies that answer the same, so that they make pairs; weights: how much an
    item counts where not all were as likely to be reviewed.
    """
    known = ~np.isnan(scores) & ~np.isnan(graded)
    found = {name: _figure(of, known, scores, graded, groups, weights) for name, of in OF_ORDER.items()}
    found["auc"] = auc_of(scores, accepted, groups, weights)
    n = int(known.sum())
    pairs = Estimate(None, None, None, 0) if questions is None else _of_pairs(scores, graded, groups, questions, known)
    return Agreement(n, n / len(known) if len(known) else None, **found, pairwise=pairs)


def auc_of(scores: np.ndarray, accepted: np.ndarray, groups: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """The AUC of an Agreement alone, of the items that have both."""
    return _figure(auc, ~np.isnan(scores) & ~np.isnan(accepted), scores, accepted, groups, weights)


def gain_of(scores: np.ndarray, baseline: np.ndarray, accepted: np.ndarray, groups: np.ndarray) -> Estimate:
    """How much higher the AUC of the scores is than that of a baseline, paired, of the items that have all three."""
    known = ~np.isnan(scores) & ~np.isnan(baseline) & ~np.isnan(accepted)
    own, theirs, said = scores[known], baseline[known], accepted[known]
    return resampled(lambda counted: auc(own, said, counted) - auc(theirs, said, counted), groups[known])


def pairwise_of(margins: np.ndarray, preferred: np.ndarray, groups: np.ndarray) -> Estimate:
    """Share of the pairs that people decided in which a score prefers the same; all of shape (N,), NaN for unknown.

    margins: the score of the first reply less that of the second; preferred: above 0 where people preferred the first,
    below 0 the second, 0 neither. `n` counts the pairs that people decided.
    """
    decided = ~np.isnan(margins) & ~np.isnan(preferred) & (preferred != 0)
    return _figure(pairwise, decided, margins, preferred, groups, None)


def _figure(measure: Measure, chosen: np.ndarray, /, *columns: np.ndarray | None) -> Estimate:
    """Of the chosen rows of these columns: scores, what was said, dialogues, weights (None where all count alike)."""
    scores, said, groups, weights = (None if column is None else column[chosen] for column in columns)
    return resampled(lambda counted: measure(scores, said, counted), groups, weights)  # type: ignore[arg-type]


def _of_pairs(
    scores: np.ndarray, graded: np.ndarray, groups: np.ndarray, questions: np.ndarray, known: np.ndarray
) -> Estimate:
    first, second = pairs_within(questions[known])
    own, theirs = scores[known], graded[known]
    return pairwise_of(own[first] - own[second], theirs[first] - theirs[second], groups[known][first])


def pairs_within(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the two members of every pair of equal labels, each of shape (P,)."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    first: list[np.ndarray] = [order[:0]]
    second: list[np.ndarray] = [order[:0]]
    for step in range(1, len(labels)):
        equal = np.flatnonzero(ordered[:-step] == ordered[step:])
        if not len(equal):
            break
        first.append(order[equal])
        second.append(order[equal + step])
    return np.concatenate(first), np.concatenate(second)


# --- the ceiling


@dataclass(frozen=True)
class Opinions:
    """What M times one person said of one of N items. item: shape (M,), from 0 to N - 1; person, value: shape (M,)."""

    item: np.ndarray
    person: np.ndarray
    value: np.ndarray

    def where(self, chosen: np.ndarray) -> Opinions:
        """Those that a mask of shape (M,) chooses."""
        return Opinions(self.item[chosen], self.person[chosen], self.value[chosen])

    def mean(self, count: int) -> np.ndarray:
        """The mean opinion of each of so many items, NaN where there is none, shape (N,)."""
        sums, counts = np.bincount(self.item, self.value, count), np.bincount(self.item, minlength=count)
        return np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0)


@dataclass(frozen=True)
class Ceiling:
    """people: how well one person foretells the mean of the others; score: how well the score does, on the same
    opinions. `n` of both counts opinions of `persons` people.
    """

    persons: int
    people: Estimate
    score: Estimate


def ceiling_of(measure: Measure, scores: np.ndarray, opinions: Opinions, groups: np.ndarray) -> Ceiling:
    """How well a score could agree at best, by leaving out one annotator at a time.

    Of each opinion on an item with two or more, the other opinions' mean is what has to be foretold. The measure is
    computed for each person with ten such opinions, against the others' means, and averaged over the people by how many
    opinions they gave. scores, groups: shape (N,), NaN for unknown. Not comparable with agreement over all opinions:
    the mean of fewer people has more noise, for the score as for people.
    """
    count = np.bincount(opinions.item, minlength=len(scores))
    shared = opinions.where((count[opinions.item] > 1) & ~np.isnan(scores[opinions.item]))
    _, person, given = np.unique(shared.person, return_inverse=True, return_counts=True)
    shared = shared.where(given[person] >= LEAST_OF_A_PERSON)
    persons, person = np.unique(shared.person, return_inverse=True)
    sums = np.bincount(opinions.item, opinions.value, len(scores))[shared.item]
    others = (sums - shared.value) / (count[shared.item] - 1)
    of_item = groups[shared.item]
    people, score = (
        resampled(mean_over_parts(measure, own, others, person), of_item) for own in (shared.value, scores[shared.item])
    )
    return Ceiling(len(persons), people, score)


def mean_over_parts(
    measure: Measure, own: np.ndarray, others: np.ndarray, part: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """As a figure of weights: the measure in each part, averaged by weight over the parts in which it is defined."""
    masks = [part == p for p in np.unique(part)]

    def figure(weights: np.ndarray) -> np.ndarray:
        found = np.array([measure(own[mask], others[mask], weights[:, mask]) for mask in masks])  # (parts, R)
        counted = np.array([weights[:, mask].sum(axis=1) for mask in masks]) * ~np.isnan(found)
        total = counted.sum(axis=0)
        return np.divide(
            (counted * np.nan_to_num(found)).sum(axis=0), total, np.full(len(weights), np.nan), where=total > 0
        )

    return figure
