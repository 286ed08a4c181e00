"""A scorer without a model."""

import numpy as np


class ByLength:
    """A scorer whose score can be worked out by hand: the shorter length over the longer, 0 for an empty text."""

    def __init__(self):
        self.pairs = 0

    def score(self, left, right):
        self.pairs += len(left)
        return np.array([min(map(len, pair)) / max(1, *map(len, pair)) for pair in zip(left, right, strict=True)])
