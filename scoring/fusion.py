"""Eq. 1 of the paper: how similarity and match become the final score. Plain numpy, no Django."""

import numpy as np
from numpy.typing import ArrayLike

ALPHA, THETA = 0.8, 0.2  # the paper's experiment
COMPONENTS = ("similarity", "match_end", "match_cloud")  # in the order in which final_score takes them


def check_weights(alpha: float, theta: float) -> None:
    """Raises ValueError where α or Θ is not a number in [0, 1]."""
    for name, value in (("alpha", alpha), ("theta", theta)):
        if not 0 <= value <= 1:  # also false for NaN
            raise ValueError(f"{name} must be in [0, 1], not {value}")


def final_score(
    similarity: ArrayLike, match_end: ArrayLike, match_cloud: ArrayLike, alpha: float = ALPHA, theta: float = THETA
) -> np.ndarray | float:
    """Final score in [0, 1], NaN where it is unknown (Eq. 1 of the paper).

    The three components are numbers or arrays of one shape (B,) in [0, 1], NaN or None for unknown.
    Unknown similarity or unknown match_cloud: unknown, since the rule cannot be decided. match_cloud < Θ: similarity
    alone, whatever match_end is. Else α · similarity + (1 − α) · match_end, unknown where match_end is.
    Numbers give a float, arrays an array. Raises ValueError for α or Θ outside [0, 1].
    """
    check_weights(alpha, theta)
    similarity, match_end, match_cloud = (
        np.asarray(part, dtype=float) for part in (similarity, match_end, match_cloud)
    )
    mixed = alpha * similarity + (1 - alpha) * match_end
    final = np.where(match_cloud < theta, similarity, mixed)
    final = np.where(np.isnan(match_cloud), np.nan, final)
    return final if final.ndim else float(final)
