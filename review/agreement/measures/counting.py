"""Opinions as a table of items and categories, which all coefficients for many raters are computed from."""

from __future__ import annotations

import numpy as np


def counts_of(items: np.ndarray, codes: np.ndarray, categories: int) -> np.ndarray:
    """How often each item was put into each category, shape (I, C).

    items: shape (N,), in 0 to I - 1; codes: shape (N,), in 0 to C - 1.
    """
    length = (int(items.max()) + 1 if len(items) else 0) * categories
    return np.bincount(items.astype(np.int64) * categories + codes, minlength=length).reshape(-1, categories)
