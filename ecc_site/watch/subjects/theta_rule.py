"""How many answers are scored by similarity alone, because even the reference matches the question poorly."""

from __future__ import annotations

from functools import partial

import numpy as np
from django.utils.translation import gettext_lazy as _

from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, flagged, scores_page, share_among


def _under_theta(material: AnswerMaterial, answers: Answers) -> np.ndarray:
    """NaN where the final score is unknown."""
    theta = material.parameters.theta if material.parameters else 0.0
    return np.where(np.isnan(material.finals(answers)), np.nan, answers.match_cloud < theta)


SUBJECT = Subject(
    _("Answers under the Θ rule"),
    ANSWERS,
    Unit.SHARE,
    Worse.ABOVE,
    0.3,
    share_among(_under_theta),
    behind=flagged(_under_theta),
    leads_to=partial(scores_page, rule="theta"),
)
