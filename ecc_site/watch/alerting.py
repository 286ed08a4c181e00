"""From measurements to alerts: raised once, acknowledged by people, over by themselves, and told at both ends."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import Alert, Delivery, Measurement
from ecc_site.watch.notify.telling import tell
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Subject
from serving.models import Version


def look_at(measured: Measurement, bound: float | None) -> None:
    """Raise the alert, bring the one that lasts up to date, or end it, in the transaction that stores the figure.

    It is raised where the whole interval lies beyond the bound, and over when the figure itself is within: what lies
    between leaves things as they are.
    """
    subject, watched = SUBJECTS[measured.subject], _watched(measured)
    lasting = Alert.objects.lasting().filter(**watched).first()
    if lasting:
        Alert.objects.filter(pk=lasting.pk).update(latest=measured)
        if bound is None:
            _end(lasting, Alert.Ending.UNWATCHED)
        elif subject.is_within(measured.value, bound):
            _end(lasting, Alert.Ending.WITHIN)
    elif bound is not None and subject.is_beyond(measured.low, measured.high, bound):
        _raise(subject, measured, bound)


def _raise(subject: Subject, measured: Measurement, bound: float) -> None:
    try:
        with transaction.atomic():
            alert = Alert.objects.create(bound=bound, opened_with=measured, latest=measured, **_watched(measured))
            tell(Delivery.Event.OPENED, alert)
    except IntegrityError:
        return  # another worker was first


def _end(alert: Alert, ending: Alert.Ending) -> None:
    if Alert.objects.filter(pk=alert.pk).end(ending):
        tell(Delivery.Event.OVER, Alert.objects.with_figures().get(pk=alert.pk))


def end_of_other_versions(champion: Version) -> None:
    """What a version did that no longer answers customers is nobody's concern any more."""
    for alert in Alert.objects.lasting().exclude(version=champion):
        with transaction.atomic():
            _end(alert, Alert.Ending.REPLACED)


def acknowledge(alert: Alert, note: str, *, by: User) -> bool:
    """Somebody has seen it; False where somebody had before, or it is over."""
    with transaction.atomic():
        changed = bool(Alert.objects.acknowledge(alert.pk, by, note))
        if changed:
            target = f"{SUBJECTS[alert.subject].name} · {alert.dataset} · {alert.version}"
            AuditEntry.objects.record(Act.ACKNOWLEDGED, target, by=by, detail=note)
    return changed


def _watched(measured: Measurement) -> dict[str, object]:
    return {name: getattr(measured, name) for name in ("subject", "dataset_id", "version_id", "kind")}
