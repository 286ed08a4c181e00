"""Answers in which nothing was said."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, flagged, share_among


def _empty(material: AnswerMaterial, answers: Answers) -> np.ndarray:
    return np.array([not text.strip() for text in answers.texts], dtype=float)


SUBJECT = Subject(
    _("Empty answers"),
    ANSWERS,
    Unit.SHARE,
    Worse.ABOVE,
    0.02,
    share_among(_empty),
    of_answers_alone=True,
    behind=flagged(_empty),
)
