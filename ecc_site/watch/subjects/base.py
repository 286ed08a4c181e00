"""What a subject is: a figure over a window of rows, in which direction it is worse, and from where on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from ecc_site.models import Measurement
from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import LEAST_DIALOGUES, LEVEL, Reading
from review.agreement.measures.wilson import share_of

ANSWERS = pgettext_lazy("counted", "answers")


class Unit(Enum):
    """How a value is written: 3.1%, or 0.031."""

    SHARE = "share"
    SCORE = "score"


class Worse(Enum):
    ABOVE = "above"
    BELOW = "below"


def scores_page(measurement: Measurement, **part: str) -> str:
    """The score room with what the window is about; part: which of it is listed."""
    days = {name: timezone.localdate(getattr(measurement, name)).isoformat() for name in ("since", "until")}
    chosen = {"dataset": measurement.dataset_id, "kind": measurement.kind, "version": measurement.version_id}
    return f"{reverse('scores:room')}?{urlencode(chosen | days | part)}"


@dataclass(frozen=True)
class Subject:
    """`measure` gives None where too little is known. `is_change`: the value is a difference from the baseline.

    `of_answers_alone`: whatever they are compared with, so that one kind of reference is enough.
    `source` is the part of the material whose rows make the window; `behind`, where there is one, gives the places of
    the answers in the window that the figure is about, those that matter most first.
    """

    name: Any  # translated, as all that is shown
    of: Any  # of what its count is, such as "answers"
    unit: Unit
    worse: Worse
    bound: float  # by default
    measure: Callable[[Material], Reading | None]
    source: str = "answers"
    is_change: bool = False
    of_answers_alone: bool = False
    behind: Callable[[AnswerMaterial, Answers], Sequence[int]] | None = None
    leads_to: Callable[[Measurement], str] = scores_page

    def is_beyond(self, low: float, high: float, bound: float) -> bool:
        """Whether the whole interval lies on the worse side of the bound."""
        return low > bound if self.worse is Worse.ABOVE else high < bound

    def is_within(self, value: float, bound: float) -> bool:
        return value <= bound if self.worse is Worse.ABOVE else value >= bound


def has_enough(dialogues: np.ndarray) -> bool:
    return len(np.unique(dialogues)) >= LEAST_DIALOGUES


def share_among(
    flags_of: Callable[[AnswerMaterial, Answers], np.ndarray],
) -> Callable[[Material], Reading | None]:
    """Measures the share of answers with a flag: 1 or 0 for each, NaN for those that it is not about."""

    def measure(material: Material) -> Reading | None:
        answers = material.answers
        recent, flags = answers.recent, flags_of(answers, answers.recent)
        known = ~np.isnan(flags)
        if not has_enough(recent.dialogues[known]):
            return None
        share = share_of(flags[known], recent.dialogues[known], LEVEL)
        before = flags_of(answers, answers.baseline)
        return reading(recent, share, None if np.isnan(before).all() else float(np.nanmean(before)))

    return measure


def flagged(
    flags_of: Callable[[AnswerMaterial, Answers], np.ndarray],
) -> Callable[[AnswerMaterial, Answers], Sequence[int]]:
    """The places of the answers with the flag, the newest first."""
    return lambda material, answers: np.flatnonzero(flags_of(material, answers) == 1).tolist()


def reading(answers: Answers, found: Any, before: float | None) -> Reading | None:
    """Of an Estimate over a window of answers; None where its interval is unknown."""
    if found.value is None or found.low is None or found.high is None:
        return None
    ids = int(answers.ids.min()), int(answers.ids.max())
    return Reading(found.value, found.low, found.high, found.n, before, *ids, answers.since, answers.until)
