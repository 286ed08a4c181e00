"""Answers that were cut because they did not end, or that nobody reads to the end on a phone."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, flagged, share_among

LONGEST = 600  # characters


def _overlong(material: AnswerMaterial, answers: Answers) -> np.ndarray:
    pairs = zip(answers.texts, answers.finish_reasons, strict=True)
    return np.array([finish == "length" or len(text) > LONGEST for text, finish in pairs], dtype=float)


SUBJECT = Subject(
    _("Overlong answers"),
    ANSWERS,
    Unit.SHARE,
    Worse.ABOVE,
    0.02,
    share_among(_overlong),
    of_answers_alone=True,
    behind=flagged(_overlong),
)
