"""Whether what scores 0.7 is accepted seven times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import Estimate
from review.agreement.measures.wilson import share_of

BINS = 10
LEAST_IN_BIN = 10


@dataclass(frozen=True)
class Bin:
    """Items with neighbouring scores: their mean score, and the share of them that was accepted."""

    low: float
    high: float
    score: float
    accepted: Estimate


def reliability(
    scores: np.ndarray, accepted: np.ndarray, groups: np.ndarray | None = None, bins: int = BINS
) -> list[Bin]:
    """The reliability curve over at most `bins` bins of about equally many items, from low scores to high ones.

    scores, accepted: shape (N,), all known, in [0, 1]; groups: shape (N,), the dialogue of each item, which Wilson's
    intervals allow for. Equal scores are never parted, and no bin is meant to have fewer than ten items.
    """
    if not len(scores):
        return []
    bin_of = _quantile_bins(scores, min(bins, max(1, len(scores) // LEAST_IN_BIN)))
    return [_bin(scores[own], accepted[own], groups, own) for own in (bin_of == b for b in np.unique(bin_of))]


def calibration_error(curve: list[Bin]) -> float | None:
    """Expected calibration error, in [0, 1], lower is better: how far score and share are apart, over the items.

    Naeini, Cooper and Hauskrecht (AAAI 2015), with bins of equally many items. It is never 0 by chance: in bins of n
    items a perfect score has about 0.8 √(p (1 - p) / n). None without items.
    """
    n = sum(part.accepted.n for part in curve)
    apart = [abs((part.accepted.value or 0.0) - part.score) * part.accepted.n for part in curve]
    return sum(apart) / n if n else None


def _quantile_bins(scores: np.ndarray, bins: int) -> np.ndarray:
    edges = np.unique(np.quantile(scores, np.arange(1, bins) / bins))
    return np.searchsorted(edges, scores, side="left")


def _bin(scores: np.ndarray, accepted: np.ndarray, groups: np.ndarray | None, own: np.ndarray) -> Bin:
    share = share_of(accepted, None if groups is None else groups[own])
    return Bin(float(scores.min()), float(scores.max()), float(scores.mean()), share)
