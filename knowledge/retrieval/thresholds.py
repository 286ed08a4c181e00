"""The thresholds of answers that remember, by the pair of scorers that they were calibrated for."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge.retrieval.answering import Thresholds

FILE = Path(__file__).with_name("calibrated.json")  # identities of a similarity and a match scorer: their thresholds
OTHERS = {"conflict": 0.5, "margin": 0.0, "least": 0.35, "example": 0.7}
UNCALIBRATED = Thresholds(sure=1.0, **OTHERS)  # only the same question is answered directly


def thresholds_of(similarity: str, match: str) -> Thresholds:
    """Those of the scorers with these identities; where nobody calibrated them, the careful ones."""
    known = json.loads(FILE.read_text()) if FILE.is_file() else {}
    found = known.get(f"{similarity} {match}")
    return Thresholds(sure=found["sure"], **OTHERS) if found else UNCALIBRATED


def keep(similarity: str, match: str, sure: float, figures: dict[str, float]) -> None:
    """Write the calibration of these scorers, and forget those of others, whose weights no longer ship."""
    FILE.write_text(json.dumps({f"{similarity} {match}": {"sure": round(sure, 4), **figures}}, indent=2) + "\n")
