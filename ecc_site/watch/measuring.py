"""Measures all subjects of what answers customers now, where enough is new.

What it costs: for each dataset and kind of reference one look at the ends of indexes, some milliseconds; where a fifth
of a window is new, 2,500 rows of comparisons, 2,500 conversations at most, and a bootstrap of 400 verdicts, however
many scores there are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict

from django.db import IntegrityError, transaction

from dialogues.models import AnswerJob, Comparison, Dataset
from ecc_site.models import Alert, Measurement
from ecc_site.watch.alerting import end_of_other_versions, look_at
from ecc_site.watch.bounds import bounds_for
from ecc_site.watch.material.of_scope import Material
from ecc_site.watch.material.scope import Reading, Scope
from ecc_site.watch.subjects import SUBJECTS
from scoring.models import ProfileJob, ScoreJob
from serving.models import Version

logger = logging.getLogger(__name__)

CHANGING = (AnswerJob, ScoreJob, ProfileJob)


def watch() -> int:
    """Measure what is due; returns how many measurements are new. Twice at once is as good as once."""
    champion = Version.objects.champion()
    if champion is None:
        return 0
    end_of_other_versions(champion)
    return sum(_measure_all(dataset, champion) for dataset in _datasets())


def _datasets() -> Iterator[Dataset]:
    """Those of customers, without those that are being answered or scored: half of them would look like a fault."""
    for dataset in Dataset.objects.filter(builtin__in=["", Dataset.Builtin.DEMO]).order_by("pk"):
        if not any(model.objects.active().filter(dataset=dataset).exists() for model in CHANGING):
            yield dataset


def _measure_all(dataset: Dataset, version: Version) -> int:
    """Beside each kind of reference.

    What is of the answers alone only beside the first that has enough, and where an alert about it lasts.
    """
    count, alone = 0, False
    for kind in Comparison.SAMPLED:
        materials = _Materials(Scope(dataset, version, kind))
        told_already = {key for key, subject in SUBJECTS.items() if alone and subject.of_answers_alone}
        keys = [key for key in SUBJECTS if key in materials.before or key not in told_already]
        count += _measure(materials, keys)
        alone = alone or materials.usual.answers.has_enough
    return count


def _measure(materials: _Materials, keys: list[str]) -> int:
    scope = materials.scope
    last, bounds, count = _last_measured(scope), bounds_for(scope.dataset), 0
    for key in keys:
        subject, material = SUBJECTS[key], materials.for_subject(key)
        if not material.is_due(subject.source, last.get(key)):
            continue
        try:
            found = subject.measure(material)
        except Exception:  # one that fails must not hide the others
            logger.exception("%s of %s in %s could not be measured", key, scope.version, scope.dataset)
            continue
        count += bool(found and _store(scope, key, found, bounds[key]))
    return count


def _store(scope: Scope, key: str, found: Reading, bound: float | None) -> bool:
    """False where another worker was first."""
    try:
        with transaction.atomic():
            measured = Measurement.objects.create(subject=key, **scope.filter, **asdict(found))
            look_at(measured, bound)
    except IntegrityError:
        return False
    return True


def _last_measured(scope: Scope) -> dict[str, int]:
    """By subject the last row that it was measured over."""
    return {
        key: last
        for key in SUBJECTS
        if (last := Measurement.objects.series(subject=key, **scope.filter).values_list("last_id", flat=True).first())
    }


class _Materials:
    """One for all subjects, but for a change that lasts, which is measured against what was before it."""

    def __init__(self, scope: Scope):
        self.scope, self.usual = scope, Material(scope)
        lasting = Alert.objects.lasting().filter(**scope.filter)
        self.before = dict(lasting.values_list("subject", "opened_with__first_id"))

    def for_subject(self, key: str) -> Material:
        if SUBJECTS[key].is_change and key in self.before:
            return Material(self.scope, self.before[key])
        return self.usual
