"""Drift of the final score: how far its quantiles lie from where they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import LEVEL, Reading
from ecc_site.watch.measures.quantiles import Sample, moved
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, has_enough, reading
from review.agreement.measures.estimates import Estimate

BOUND = -0.03  # a drop by less is nothing that a customer would notice


def _drift(share: float) -> Callable[[Material], Reading | None]:
    def measure(material: Material) -> Reading | None:
        answers = material.answers
        now, before = _known(answers, answers.recent), _known(answers, answers.baseline)
        if not has_enough(now.groups) or not has_enough(before.groups):
            return None
        found = moved(now, before, share, LEVEL)
        return reading(answers.recent, Estimate(found.value, found.low, found.high, len(now.values)), found.before)

    return measure


def _known(material: AnswerMaterial, answers: Answers) -> Sample:
    """Known final scores and their dialogues."""
    finals = material.finals(answers)
    return Sample(finals[~np.isnan(finals)], answers.dialogues[~np.isnan(finals)])


def _lowest(material: AnswerMaterial, answers: Answers) -> Sequence[int]:
    finals = material.finals(answers)
    return [place for place in np.argsort(finals).tolist() if not np.isnan(finals[place])]


def _subject(name: Any, share: float) -> Subject:
    return Subject(name, ANSWERS, Unit.SCORE, Worse.BELOW, BOUND, _drift(share), is_change=True, behind=_lowest)


LOWER_QUARTILE = _subject(_("Lower quartile of the final score"), 0.25)
MEDIAN = _subject(_("Median of the final score"), 0.5)
UPPER_QUARTILE = _subject(_("Upper quartile of the final score"), 0.75)
