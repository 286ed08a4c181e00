"""Which replies to review next, and how much narrower the corrected interval becomes. Plain numpy and scipy.

A random draw keeps all weights equal. Where people agree with the score in one part of its range and differ in another,
drawing more where they differ says more: Neyman's allocation over bands of the score (Neyman 1934; Zrnic and Candès,
*Active Statistical Inference*, 2024). It is proposed only where it is clearly better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import LEVEL
from review.calibration.estimating.corrected import Corrected, Population, corrected

BANDS = 4
LEAST_IN_BAND = 10  # verdicts of which its spread is known
CLEARLY = 0.05  # narrower
SEED = 5381


@dataclass(frozen=True)
class Band:
    """Replies with scores from `low` to `high`: how many there are, were read, and should be read now."""

    low: float
    high: float
    replies: int
    read: int
    more: int


@dataclass(frozen=True)
class Draw:
    """items: positions in the population, in the order in which they should be read; half_width: of the corrected
    interval, now and then (None where it cannot be foretold). bands: empty for a random draw.
    """

    items: np.ndarray
    bands: list[Band]
    half_width: float | None
    then: float | None


def draw_next(population: Population, more: int, seed: int = SEED, level: float = LEVEL) -> Draw:
    """At most so many replies that have a score and nobody has read; bands only where all verdicts weigh the same."""
    found = corrected(population, level)
    open_ = np.flatnonzero(population.scored & np.isnan(population.said))
    rng = np.random.default_rng(seed)
    more = min(more, len(open_))
    now = _half_width(found)
    if now is None:
        return Draw(rng.permutation(open_)[:more], [], None, None)
    n = int(population.read.sum())
    then = now * math.sqrt(_expected_variance(population, found, n + more) / _expected_variance(population, found, n))
    bands = [] if population.weights is not None else _bands(population, more)
    gain = _gain_of_bands(population, bands, n + more) if bands else 1.0
    if gain > 1 - CLEARLY:
        return Draw(rng.permutation(open_)[:more], [], now, then)
    band_of = _band_of(population.scores[open_], edges_of(bands))
    chosen = [rng.permutation(open_[band_of == b])[: band.more] for b, band in enumerate(bands)]
    return Draw(rng.permutation(np.concatenate(chosen)), bands, now, then * gain)


def edges_of(bands: Sequence[Band]) -> np.ndarray:
    """Scores between the bands, those at an edge belonging to the lower one: shape (B + 1,), empty without bands."""
    return np.array([band.low for band in bands] + [band.high for band in bands[-1:]])


def _half_width(found: Corrected) -> float | None:
    interval = found.corrected
    return None if interval.low is None or interval.high is None else (interval.high - interval.low) / 2


def _expected_variance(population: Population, found: Corrected, n: int) -> float:
    """Of n verdicts, in units of one verdict's: what the scores explain shrinks only with the number of replies."""
    explained = 1 - (1 - (found.narrower or 0.0)) ** 2
    return max((1 - explained) / n + explained / int(population.scored.sum()), 1e-12)


def _bands(population: Population, more: int) -> list[Band]:
    """Quarters of the scores with what Neyman's allocation adds to each; empty where too little was read in one."""
    scores = population.scores
    edges = np.unique(np.quantile(scores[population.scored], np.linspace(0, 1, BANDS + 1)))
    if len(edges) < BANDS + 1:
        return []
    band = _band_of(scores, edges)
    read, replies = (np.bincount(band[mask], minlength=BANDS) for mask in (population.read, population.scored))
    if read.min() < LEAST_IN_BAND:
        return []
    wanted = replies * _spreads(population, band)
    allocated = _allocated(wanted, read, replies, more)
    return [
        Band(float(edges[b]), float(edges[b + 1]), int(replies[b]), int(read[b]), int(allocated[b]))
        for b in range(BANDS)
    ]


def _band_of(scores: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(edges, np.nan_to_num(scores), side="left") - 1, 0, len(edges) - 2)


def _spreads(population: Population, band: np.ndarray) -> np.ndarray:
    """Standard deviation of the verdicts in each band, drawn half-way to that of all: a few verdicts say little."""
    read = population.read
    own = np.array([population.said[read & (band == b)].var() for b in range(BANDS)])
    counts = np.bincount(band[read], minlength=BANDS)
    return np.sqrt((own + float(np.average(own, weights=counts))) / 2)


def _allocated(wanted: np.ndarray, read: np.ndarray, replies: np.ndarray, more: int) -> np.ndarray:
    """How many more of each band, so that all together come as near to the wanted proportions as they can."""
    found = np.zeros(len(wanted), dtype=np.int64)
    for _ in range(more):
        short = np.where(read + found < replies, wanted / (read + found + 1), -np.inf)
        found[int(short.argmax())] += 1
    return found


def _gain_of_bands(population: Population, bands: list[Band], n: int) -> float:
    """Width with these bands beside that of bands of equal shares."""
    replies = np.array([band.replies for band in bands], dtype=float)
    share = replies / replies.sum()
    spreads = _spreads(population, _band_of(population.scores, edges_of(bands)))
    read = np.array([band.read + band.more for band in bands])
    chosen, even = ((share**2 * spreads**2 / counts).sum() for counts in (read, share * n))
    return float(math.sqrt(chosen / even)) if even > 0 else 1.0
