"""Each annotator of a round: how much and how fast, on which side, and how far with the others and the gold items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.counting import counts_of
from review.agreement.measures.estimates import Estimate, known
from review.agreement.measures.pace import FAR, per_hour, robust_z
from review.agreement.measures.wilson import share_of
from review.agreement.ratings import CODES, PREFERENCES, Ratings

HASTE_S = 1.0


@dataclass(frozen=True)
class AnnotatorFigures:
    """`per_hour`: breaks over five minutes left out. `hasty`: share given in under a second. `left`: of the answers
    preferred to the other, the share that stood on the left; None where sides are not random. `agreement`: the mean
    share of the others who said the same of an item. `gold`: right answers to gold items. `pace`: how far the logarithm
    of the median seconds is from that of all annotators, in robust standard deviations; None with fewer than five.
    """

    annotator: int
    done: int
    per_hour: float | None
    median_seconds: float | None
    hasty: Estimate
    left: Estimate | None
    agreement: Estimate
    gold: Estimate
    pace: float | None

    @property
    def leans(self) -> bool:
        """Whether one side is preferred more than chance allows."""
        return self.left is not None and self.left.excludes(0.5)

    @property
    def is_outlier(self) -> bool:
        return self.pace is not None and abs(self.pace) > FAR

    @property
    def gold_right(self) -> int:
        return round((self.gold.value or 0) * self.gold.n)


def annotators_of(given: Ratings, opinions: Ratings, random_sides: bool) -> list[AnnotatorFigures]:
    """In the order of their ids. given: all that they said themselves; opinions: what agreement is computed of."""
    shared, agreeing = _agreeing(opinions)
    verdicts, with_others = dict(_by_annotator(given)), {}
    for annotator, rows in _by_annotator(shared):
        with_others[annotator] = share_of(agreeing[rows], shared.dialogue[rows])
    medians = [_median(given.seconds[rows]) for rows in verdicts.values()]
    with np.errstate(divide="ignore"):
        logs = np.log(np.array(medians, dtype=float))
    paces = robust_z(np.where(np.isfinite(logs), logs, np.nan))
    return [
        AnnotatorFigures(
            annotator=annotator,
            done=len(rows),
            per_hour=known(per_hour(given.at[rows])),
            median_seconds=known(median),
            hasty=_hasty(given.seconds[rows]),
            left=_left(given.where(rows)) if random_sides else None,
            agreement=with_others.get(annotator, Estimate(None, None, None, 0)),
            gold=_gold(given.where(rows)),
            pace=known(pace),
        )
        for (annotator, rows), median, pace in zip(verdicts.items(), medians, paces, strict=True)
    ]


def _by_annotator(ratings: Ratings) -> Iterator[tuple[int, np.ndarray]]:
    """Each annotator with the positions of their verdicts."""
    order = np.argsort(ratings.annotator, kind="stable")
    annotators, starts = np.unique(ratings.annotator[order], return_index=True)
    ends = np.append(starts[1:], len(order))[: len(starts)]
    yield from ((int(who), order[i:j]) for who, i, j in zip(annotators, starts, ends, strict=True))


def _agreeing(opinions: Ratings) -> tuple[Ratings, np.ndarray]:
    """The opinions about items that others have an opinion of too, and for each the share of the others who agree."""
    _, item = np.unique(opinions.item, return_inverse=True)
    counts = counts_of(item, opinions.preference, len(PREFERENCES))
    others = counts.sum(axis=1)[item] - 1
    same = counts[item, opinions.preference] - 1
    shared = others > 0
    return opinions.where(shared), same[shared] / others[shared]


def _median(seconds: np.ndarray) -> float:
    timed = seconds[~np.isnan(seconds)]
    return float(np.median(timed)) if len(timed) else float("nan")


def _hasty(seconds: np.ndarray) -> Estimate:
    timed = seconds[~np.isnan(seconds)]
    return share_of((timed < HASTE_S).astype(float))


def _left(given: Ratings) -> Estimate:
    preferred = np.isin(given.preference, [CODES["end"], CODES["reference"]])
    is_end = given.preference == CODES["end"]
    return share_of((is_end == given.end_is_left)[preferred].astype(float))


def _gold(given: Ratings) -> Estimate:
    asked = given.expected >= 0
    return share_of((given.preference == given.expected)[asked].astype(float))
