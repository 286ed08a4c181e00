import numpy as np

from scoring.measures.nearest import Near, nearest

VECTORS = {"a": [1, 0], "near": [0.8, 0.6], "far": [0, 1], "opposite": [-1, 0]}


class ByHand:
    def encode(self, texts):
        return np.array([VECTORS[text] for text in texts])


def test_the_nearest_come_first_and_equal_ones_in_their_order():
    others = ["far", "near", "opposite", "a", "near"]
    assert nearest(ByHand(), "a", others, 3) == [Near(3, 1.0), Near(1, 0.8), Near(4, 0.8)]
    assert nearest(ByHand(), "a", ["opposite"], 3) == [Near(0, 0.0)]
    assert nearest(ByHand(), "a", [], 3) == []
