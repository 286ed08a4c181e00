"""Match of a customer's turn and an answer, the RocketQA part of Eq. 1 of the paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scoring.measures.cache import ResultCache
from scoring.measures.encoder import TextEncoder

CALIBRATION = "calibration.json"  # {"slope": a, "intercept": b}: match = sigmoid(a · cosine + b)


class DualMatch:
    """A dual encoder: a calibrated cosine of turn and answer, in [0, 1]; an empty answer matches nothing."""

    def __init__(self, model: str | Path, trust_remote_code: bool = False, cache: ResultCache | None = None):
        self.encoder = TextEncoder(model, trust_remote_code, cache)
        self.slope, self.intercept = calibration_of(Path(model))

    def score(self, turns: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """Shape (B,), higher is a better match."""
        answered = np.array([bool(answer.strip()) for answer in answers])
        raw = self.encoder.cosine(turns, answers, sides=("query", "document"))
        return np.where(answered, 1 / (1 + np.exp(-(self.slope * raw + self.intercept))), 0.0)

    def turn_vectors(self, turns: Sequence[str]) -> np.ndarray | None:
        """Unit vectors of customer turns, shape (B, D)."""
        return self.encoder.encode(turns, "query")


def calibration_of(folder: Path) -> tuple[float, float]:
    """Slope and intercept that ship with the model, else 10 and −5, which put the middle at a cosine of 0.5."""
    file = folder / CALIBRATION
    if not file.is_file():
        return 10.0, -5.0
    values = json.loads(file.read_text())
    return float(values["slope"]), float(values["intercept"])
