"""Answers that ran into a loop: cut by the guard, or, where a server without one wrote them, still in it."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, flagged, share_among
from serving.runtimes.loops import loop_in


def _looping(material: AnswerMaterial, answers: Answers) -> np.ndarray:
    pairs = zip(answers.texts, answers.finish_reasons, strict=True)
    return np.array([finish == "loop" or loop_in(text) is not None for text, finish in pairs], dtype=float)


SUBJECT = Subject(
    _("Looping answers"),
    ANSWERS,
    Unit.SHARE,
    Worse.ABOVE,
    0.02,
    share_among(_looping),
    of_answers_alone=True,
    behind=flagged(_looping),
)
