"""Whether a scorer may stand in for an annotator: the alternative annotator test. Plain numpy and scipy, no Django.

Calderon, Reichart and Dror, *The Alternative Annotator Test for LLM-as-a-Judge* (ACL 2025, arXiv 2501.10970). One
annotator at a time is left out. On each of their items the scorer wins if it agrees with the remaining annotators at
least as well as they do, and they win likewise, so that both may. A one-sided t-test asks whether the annotator wins by
less than ε more often; over the annotators the false discovery rate is bounded (Benjamini and Yekutieli 2001), and the
scorer passes where it beats half of them. Other than in the paper, the t-test may be clustered by dialogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from review.calibration.estimating.figures import Opinions
from review.calibration.measures.clusters import Clusters

# What an annotator is worth, by the paper: experts .2, skilled people .15, crowd workers .1.
EPSILON = 0.15
FALSE_DISCOVERIES = 0.05
LEAST_ITEMS = 30  # of an annotator, shared with others
LEAST_ANNOTATORS = 3  # with two there is nothing that they hold in common against which either could be measured
LEAST_WON = 0.5

Alignment = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    TOO_FEW = "too few"


@dataclass(frozen=True)
class Against:
    """The scorer against one annotator: over `items`, how often each is at least as good as the other, and the p value
    of the scorer being worse by ε or more; won: whether that is refuted with all annotators in view.
    """

    person: int
    items: int
    scorer: float
    annotator: float
    p: float
    won: bool


@dataclass(frozen=True)
class Licence:
    """winning_rate: ω, the share of annotators it was tested against that the scorer beats; advantage: ρ, the mean
    probability that it is at least as good as an annotator. None where it was tested against nobody.
    """

    outcome: Outcome
    winning_rate: float | None
    advantage: float | None
    epsilon: float
    against: list[Against]


def accuracy(own: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Share of the others who say the same, for opinions of 0 and 1. own: shape (M,); sums, counts: shape (M,), the sum
    and the number of the others' opinions.
    """
    return np.where(own >= 0.5, sums, counts - sums) / counts


def licence_of(
    answers: np.ndarray,
    opinions: Opinions,
    groups: np.ndarray | None = None,
    *,
    alignment: Alignment = accuracy,
    epsilon: float = EPSILON,
    least_annotators: int = LEAST_ANNOTATORS,
) -> Licence:
    """answers: shape (N,), what the scorer says of each item on people's scale (1 accepted, 0 refused), else NaN;
    opinions: of N items; groups: shape (N,), their dialogues, None where items are independent.

    Too few: less than three annotators with thirty items that somebody else has rated too.
    """
    counts = np.bincount(opinions.item, minlength=len(answers))
    shared = opinions.where((counts[opinions.item] > 1) & ~np.isnan(answers[opinions.item]))
    sums = np.bincount(opinions.item, opinions.value, len(answers))[shared.item] - shared.value
    others = counts[shared.item] - 1
    own = alignment(shared.value, sums, others)
    of_scorer = alignment(answers[shared.item], sums, others)
    labels = np.arange(len(answers)) if groups is None else groups
    tested = [
        _against(int(person), own[mask], of_scorer[mask], labels[shared.item[mask]], epsilon)
        for person, mask in ((person, shared.person == person) for person in np.unique(shared.person))
        if mask.sum() >= LEAST_ITEMS and len(np.unique(labels[shared.item[mask]])) > 1
    ]
    return _licence(_with_winners(tested), epsilon, least_annotators)


def _licence(against: list[Against], epsilon: float, least_annotators: int) -> Licence:
    if not against:
        return Licence(Outcome.TOO_FEW, None, None, epsilon, [])
    rate = float(np.mean([test.won for test in against]))
    advantage = float(np.mean([test.scorer for test in against]))
    outcome = Outcome.PASSED if rate >= LEAST_WON else Outcome.FAILED
    if len(against) < least_annotators:
        outcome = Outcome.TOO_FEW
    return Licence(outcome, rate, advantage, epsilon, against)


def _against(person: int, own: np.ndarray, of_scorer: np.ndarray, groups: np.ndarray, epsilon: float) -> Against:
    scorer, annotator = (of_scorer >= own).astype(float), (own >= of_scorer).astype(float)
    p = _below(annotator - scorer, groups, epsilon)
    return Against(person, len(own), float(scorer.mean()), float(annotator.mean()), p, False)


def _below(values: np.ndarray, groups: np.ndarray, bound: float) -> float:
    """One-sided p of a mean below the bound."""
    from scipy.special import stdtr

    found = Clusters.of(values, groups)
    error = found.variance**0.5
    if error == 0:
        return 0.0 if found.mean < bound else 1.0
    return float(stdtr(found.freedom, (found.mean - bound) / error))


def _with_winners(tested: list[Against]) -> list[Against]:
    """Benjamini and Yekutieli: all up to the largest p_(i) that is at most i q / (m (1 + 1/2 + … + 1/m))."""
    m = len(tested)
    if not m:
        return []
    ordered = np.sort([test.p for test in tested])
    limits = np.arange(1, m + 1) * FALSE_DISCOVERIES / (m * (1 / np.arange(1, m + 1)).sum())
    passing = np.flatnonzero(ordered <= limits)
    limit = ordered[passing[-1]] if len(passing) else -1.0
    return [
        Against(test.person, test.items, test.scorer, test.annotator, test.p, bool(test.p <= limit)) for test in tested
    ]
