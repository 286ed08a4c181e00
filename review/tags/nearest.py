"""Which tag's examples a text is nearest to, and from which similarity on that is worth a suggestion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOP = 3  # of the corpus' 48 intents the nearest one example names 28% rightly, the mean of three 38%


@dataclass(frozen=True)
class Examples:
    """E examples: their tags' ids, ascending, of shape (E,), their texts, and their vectors of length 1, (E, D)."""

    tags: np.ndarray
    texts: np.ndarray
    vectors: np.ndarray

    def nearest(self, vectors: np.ndarray, texts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """For B texts the nearest tag, (B,), and the mean of their TOP largest similarities to its examples, in [0, 1].

        With `texts` examples of the same words are left out, as if they were not known.
        """
        similarities = np.clip(vectors @ self.vectors.T, 0, 1)  # (B, E)
        if texts is not None:
            similarities[texts[:, None] == self.texts[None, :]] = -1
        tags, starts = np.unique(self.tags, return_index=True)  # (T,)
        groups = np.split(similarities, starts[1:], axis=1)
        means = np.stack([_mean_of_largest(group) for group in groups], axis=1)  # (B, T)
        best = means.argmax(axis=1)
        return tags[best], means[np.arange(len(means)), best]


def _mean_of_largest(similarities: np.ndarray) -> np.ndarray:
    """Of each row (B, K) the mean of the TOP largest, or of fewer where there are no more; 0 where there are none."""
    largest = np.sort(similarities, axis=1)[:, -TOP:]
    known = largest >= 0
    return np.where(known, largest, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def threshold_of(similarities: np.ndarray, right: np.ndarray) -> float:
    """The similarity from which on the most suggestions are right, less those that are wrong: a wrong one costs as much
    as a right one saves. 1 where at every similarity more are wrong.
    """
    order = np.argsort(-similarities, kind="stable")
    ranked = similarities[order]
    gain = np.cumsum(np.where(right[order], 1, -1))
    gain[:-1][ranked[:-1] == ranked[1:]] = -len(gain)  # equal ones are suggested together
    best = int(gain.argmax())
    return float(ranked[best]) if gain[best] > 0 else 1.0
