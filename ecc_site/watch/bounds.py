"""Beyond which values managers are alerted: what holds, what recent windows suggest, and changing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, pstdev

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import Alert, Bound, Measurement
from ecc_site.watch.alerting import look_at
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Unit, Worse
from ecc_site.watch.words import written

LEAST_WINDOWS, WINDOWS = 3, 20  # that a proposal is made of
SPREADS = 3  # how far from the usual value it lies


def bounds_for(dataset: Dataset | None) -> dict[str, float | None]:
    """By subject the bound that holds in a dataset, or in those that have none of their own; None: not watched."""
    return defaults() | own_bounds(None) | (own_bounds(dataset) if dataset else {})


def defaults() -> dict[str, float | None]:
    """Those of the subjects themselves."""
    return {key: subject.bound for key, subject in SUBJECTS.items()}


def own_bounds(dataset: Dataset | None) -> dict[str, float | None]:
    """Those that were set for the dataset, or for all."""
    return dict(Bound.objects.filter(dataset=dataset, subject__in=SUBJECTS).values_list("subject", "value"))


def proposal(subject_key: str, series: Sequence[Measurement]) -> float | None:
    """Three spreads from the mean of the last windows, on the worse side; None where there are fewer than three.

    series: of one subject, the newest first. The spread is that of the windows, or half the interval of the newest
    where that is wider.
    """
    last = series[:WINDOWS]
    if len(last) < LEAST_WINDOWS:
        return None
    subject, values = SUBJECTS[subject_key], [row.value for row in last]
    spread = max(pstdev(values), (last[0].high - last[0].low) / 2 / SPREADS)
    worse = 1 if subject.worse is Worse.ABOVE else -1
    low, high = (-1.0, 0.0) if subject.is_change else (0.0, 1.0)
    return min(high, max(low, round(fmean(values) + worse * SPREADS * spread, 3)))


def change(dataset: Dataset | None, wanted: Mapping[str, float | None], *, own: Iterable[str], by: User) -> int:
    """Set these bounds and return how many differ from before; each change is audited, and ends alerts that it can.

    own: the subjects that shall have a bound of this dataset's, or a general one other than the default; others lose
    theirs.
    """
    before, kept, count = own_bounds(dataset), set(own), 0
    with transaction.atomic():
        for key in SUBJECTS:
            if key in kept and (key not in before or before[key] != wanted[key]):
                Bound.objects.update_or_create(subject=key, dataset=dataset, defaults={"value": wanted[key]})
            elif key not in kept and key in before:
                Bound.objects.filter(subject=key, dataset=dataset).delete()
            else:
                continue
            count += 1
            detail = f"{_in_words(key, before)} → {_in_words(key, wanted if key in kept else {})}"
            AuditEntry.objects.record(Act.CHANGED_BOUND, _target(key, dataset), by=by, detail=detail)
        if count:
            _look_again(dataset)
    return count


def _look_again(dataset: Dataset | None) -> None:
    """An alert whose figure is within the new bound is over now: the next measurement may be long in coming."""
    lasting = Alert.objects.lasting().filter(subject__in=SUBJECTS).select_related("dataset", "latest")
    for alert in lasting.filter(dataset=dataset) if dataset else lasting:
        look_at(alert.latest, bounds_for(alert.dataset)[alert.subject])


def _target(key: str, dataset: Dataset | None) -> str:
    return f"{SUBJECTS[key].name} · {dataset or _('all datasets')}"


def _in_words(key: str, bounds: Mapping[str, float | None]) -> str:
    if key not in bounds:
        return _("the usual bound")
    value = bounds[key]
    return _("not watched") if value is None else written(value, SUBJECTS[key])


def as_entered(value: float, unit: Unit) -> float:
    """A bound as a form has it: shares in percent."""
    return round(100 * value, 2) if unit is Unit.SHARE else value


def as_stored(value: float, unit: Unit) -> float:
    return value / 100 if unit is Unit.SHARE else value
