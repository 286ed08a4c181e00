"""How many of the questions have a known final score: what is unknown is in no mean."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ecc_site.models import Measurement
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import LEVEL, Reading
from ecc_site.watch.subjects.base import Subject, Unit, Worse, has_enough
from review.agreement.measures.wilson import share_of


def _measure(material: Material) -> Reading | None:
    questions = material.questions
    if not has_enough(questions.recent.dialogues):
        return None
    found = share_of(questions.recent.known.astype(float), questions.recent.dialogues, LEVEL)
    assert found.value is not None and found.low is not None and found.high is not None  # there is more than one
    window = min(questions.newest_ids), max(questions.newest_ids), min(questions.moments), max(questions.moments)
    return Reading(found.value, found.low, found.high, found.n, None, *window)


def _dataset(measurement: Measurement) -> str:
    return reverse("dataset", args=[measurement.dataset_id])


SUBJECT = Subject(
    _("Coverage"), _("questions"), Unit.SHARE, Worse.BELOW, 0.9, _measure, source="questions", leads_to=_dataset
)
