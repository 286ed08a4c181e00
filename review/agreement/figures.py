"""Agreement and preference of some of a round's verdicts: of all, or of one language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.bootstrap import LEAST_CLUSTERS, with_interval
from review.agreement.measures.cohen import clusters_of, cohen_kappa, shared_of, standard_errors
from review.agreement.measures.counting import counts_of
from review.agreement.measures.estimates import Estimate, known, normal_quantile
from review.agreement.measures.fleiss import FLEISS
from review.agreement.measures.krippendorff import NOMINAL, ORDINAL
from review.agreement.measures.percent import PERCENT
from review.agreement.measures.wilson import share_of
from review.agreement.ratings import CODES, PREFERENCES, Ratings

RANKED = 3  # the first three preferences have an order; "both bad" has no place in it
POINTS = np.array([0.0, 0.5, 1.0, 0.5])  # of the end answer, in the order of PREFERENCES: it won, or nobody did


@dataclass(frozen=True)
class PairFigures:
    """Two annotators on the items that both have: the share on which they agree, and Cohen's kappa.

    The interval of kappa allows for dialogues, and needs ten of them.
    """

    first: int
    second: int
    items: int
    percent: float
    kappa: Estimate


@dataclass(frozen=True)
class Figures:
    """`items` have an opinion and `shared` of them two or more, over which agreement is computed.

    percent, fleiss, nominal (alpha): of all four preferences. ordinal (alpha): of end > tie > reference, without the
    opinions "both bad", which have no place in that order. Their intervals are bootstrapped by dialogue. cohen: mean of
    the pairs' kappas, weighted by the items that they share.
    win_rate: of the end answer, where a tie and "both bad" are half a win; shares: of each preference. Each item counts
    once, with the mean of its opinions, and Wilson's intervals allow for dialogues.
    """

    opinions: int
    items: int
    shared: int
    percent: Estimate
    cohen: float | None
    fleiss: Estimate
    nominal: Estimate
    ordinal: Estimate
    win_rate: Estimate
    shares: dict[str, Estimate]
    pairs: list[PairFigures]


def figures_of(opinions: Ratings) -> Figures:
    """Of opinions that are each other's equals: without gold items, decisions, and what was changed after a reveal."""
    _, first, item = np.unique(opinions.item, return_index=True, return_inverse=True)
    dialogues = opinions.dialogue[first]  # (I,)
    counts = counts_of(item, opinions.preference, len(PREFERENCES))  # (I, 4)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    pairs = _pairs(item, opinions)
    return Figures(
        opinions=len(opinions),
        items=len(counts),
        shared=int((counts.sum(axis=1) > 1).sum()),
        percent=with_interval(PERCENT, counts, dialogues),
        cohen=_weighted_mean(pairs),
        fleiss=with_interval(FLEISS, counts, dialogues),
        nominal=with_interval(NOMINAL, counts, dialogues),
        ordinal=with_interval(ORDINAL, counts[:, :RANKED], dialogues),
        win_rate=share_of(shares @ POINTS, dialogues),
        shares={name: share_of(shares[:, CODES[name]], dialogues) for name in ("end", "tie", "reference", "both_bad")},
        pairs=pairs,
    )


def _pairs(item: np.ndarray, opinions: Ratings) -> list[PairFigures]:
    """Those who share the most items first."""
    shared = shared_of(item, opinions.annotator, opinions.preference, opinions.dialogue, len(PREFERENCES))
    items, kappas = shared.tables.sum(axis=(1, 2)), cohen_kappa(shared.tables)
    enough = clusters_of(shared) >= LEAST_CLUSTERS
    half = normal_quantile() * np.where(enough, standard_errors(shared), np.nan)
    order = np.argsort(-items, kind="stable")
    return [_pair(shared.pairs[i], shared.tables[i], kappas[i], half[i]) for i in order]


def _pair(people: np.ndarray, table: np.ndarray, kappa: float, half: float) -> PairFigures:
    """half: of the width of kappa's interval, NaN without one."""
    items, (first, second) = int(table.sum()), map(int, people)
    low, high = (None, None) if np.isnan(half) else (float(max(-1.0, kappa - half)), float(min(1.0, kappa + half)))
    return PairFigures(first, second, items, float(np.trace(table) / items), Estimate(known(kappa), low, high, items))


def _weighted_mean(pairs: list[PairFigures]) -> float | None:
    """Over the pairs whose kappa is defined; Light (1971) takes the plain mean, where all share the same items."""
    defined = [(pair.kappa.value, pair.items) for pair in pairs if pair.kappa.value is not None]
    shared = sum(items for _, items in defined)
    return sum(kappa * items for kappa, items in defined) / shared if shared else None
