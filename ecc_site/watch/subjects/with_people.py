"""How well the final score tells what people accept from what they refuse."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison
from ecc_site.watch.material.answers import read
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import LEVEL, Reading
from ecc_site.watch.subjects.base import Subject, Unit, Worse, has_enough
from review.agreement.measures.bootstrap import resampled
from review.calibration.measures.auc import auc
from scoring.models import ScorerSet


def _measure(material: Material) -> Reading | None:
    """Area under the ROC curve: 0.5 is chance. Each answer counts once, with the mean of what people said."""
    opinions = material.verdicts.recent
    comparisons, place = np.unique(opinions.comparisons, return_inverse=True)
    accepted = np.bincount(place, weights=opinions.accepted) / np.bincount(place)
    judged = read(Comparison.objects.filter(pk__in=comparisons.tolist()).order_by("pk"), ScorerSet.objects.current())
    finals = material.answers.finals(judged)
    known = ~np.isnan(finals)
    if len(judged) != len(comparisons) or not has_enough(judged.dialogues[known]):
        return None
    scores, outcome = finals[known], accepted[known]
    found = resampled(lambda weights: auc(scores, outcome, weights), judged.dialogues[known], level=LEVEL)
    if found.value is None or found.low is None or found.high is None:
        return None
    window = int(opinions.revisions.min()), int(opinions.revisions.max()), opinions.since, opinions.until
    return Reading(found.value, found.low, found.high, found.n, None, *window)


SUBJECT = Subject(
    _("Agreement of score and people (AUC)"),
    _("reviewed answers"),
    Unit.SCORE,
    Worse.BELOW,
    0.5,
    _measure,
    source="verdicts",
)
