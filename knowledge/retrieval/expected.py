"""What a good reply to a question would say, as far as the questions near it tell.

Gaussian process regression of reply vectors on question vectors, with the kernel exp(−|x − y|²): equation 2.23 of
Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006. Unlike a weighted mean it does not count a
wording twice that stands in the memory twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NOISE = 0.3  # variance of the replies that the same question gets, where that of all replies is 1


@dataclass(frozen=True)
class Expected:
    """`reply` is a unit vector, shape (D,); `certainty` is near 0 where the questions are far away or disagree."""

    reply: np.ndarray
    certainty: float  # in [0, 1]

    def likenesses(self, replies: np.ndarray) -> np.ndarray:
        """Of unit vectors, shape (B, D), with the expected reply; shape (B,), in [0, 1]."""
        return np.clip(replies @ self.reply, 0, 1)


def expected_reply(asked: np.ndarray, among: np.ndarray, replies: np.ndarray) -> Expected:
    """From the cosines of known questions with the one that is asked, shape (N,), and among each other, shape (N, N).

    `replies` are the unit vectors of the replies to the known questions, shape (N, D).
    """
    weights = np.linalg.solve(_kernel(among) + NOISE * np.eye(len(asked)), _kernel(asked))
    mean = weights @ replies
    length = float(np.linalg.norm(mean))
    return Expected(mean / max(length, 1e-12), min(length, 1.0))


def _kernel(cosines: np.ndarray) -> np.ndarray:
    return np.exp(2 * (cosines - 1))
