"""Intervals worked out by loops."""

import math

from scipy import stats


def clustered_half(known: list[tuple[int, float]]) -> float:
    """Student's interval of the mean, from the sums of the deviations of each dialogue."""
    mean = sum(score for _, score in known) / len(known)
    sums: dict[int, float] = {}
    for dialogue, score in known:
        sums[dialogue] = sums.get(dialogue, 0) + score - mean
    variance = sum(value**2 for value in sums.values()) / len(known) ** 2 * len(sums) / (len(sums) - 1)
    return stats.t.ppf(0.975, len(sums) - 1) * math.sqrt(variance)
