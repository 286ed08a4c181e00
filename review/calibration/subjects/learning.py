"""What a small model learns from verdicts beyond Eq. 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.calibration.estimating.learned import LEAST, Learned, learn
from review.calibration.source import Source, Tell
from review.calibration.texts import columns_to_learn

PARTS = 2  # steps that are told


@dataclass(frozen=True)
class LearningFigures:
    """verdicts: about replies with a final score; missing: how many more are needed; learned: None where it cannot be
    said, for want of verdicts or of dialogues, or because everything or nothing was accepted.
    """

    verdicts: int
    missing: int
    learned: Learned | None


def work_out(source: Source, tell: Tell) -> LearningFigures:
    """Of the replies that somebody judged; tell: see PARTS."""
    material = source.judged
    final = material.replies.final(source.parameters)
    verdicts = int((~np.isnan(final[material.said.item])).sum())
    tell(1)
    missing = max(0, LEAST - verdicts)
    learned = None
    if not missing:
        columns = columns_to_learn(material.replies)
        learned = learn(columns, final, material.mean(), material.replies.dialogue, verdicts)
    tell(1)
    return LearningFigures(verdicts, missing, learned)
