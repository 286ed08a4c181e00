"""How often two people say the same of an answer, where several reviewed it."""

from __future__ import annotations

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ecc_site.models import Measurement
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import LEVEL, Reading
from ecc_site.watch.subjects.base import Subject, Unit, Worse, has_enough
from review.agreement.measures.counting import counts_of
from review.agreement.measures.percent import agreeing_pairs
from review.agreement.measures.wilson import share_of
from review.agreement.ratings import PREFERENCES


def _measure(material: Material) -> Reading | None:
    """Share of pairs of opinions that agree, averaged over the answers with two or more."""
    opinions = material.verdicts.recent
    _comparisons, first, item = np.unique(opinions.comparisons, return_index=True, return_inverse=True)
    counts = counts_of(item, opinions.preferences, len(PREFERENCES))
    shared = counts.sum(axis=1) > 1
    dialogues = opinions.dialogues[first][shared]
    if not has_enough(dialogues):
        return None
    found = share_of(agreeing_pairs(counts[shared]), dialogues, LEVEL)
    assert found.value is not None and found.low is not None and found.high is not None  # there is more than one
    window = int(opinions.revisions.min()), int(opinions.revisions.max()), opinions.since, opinions.until
    return Reading(found.value, found.low, found.high, found.n, None, *window)


def _rounds(measurement: Measurement) -> str:
    return reverse("review:queue")


SUBJECT = Subject(
    _("Agreement among people"),
    _("answers that several people reviewed"),
    Unit.SHARE,
    Worse.BELOW,
    0.5,
    _measure,
    source="verdicts",
    leads_to=_rounds,
)
