"""What was measured, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ecc_site.core.signs import with_minus
from ecc_site.models import Alert, Measurement
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Subject, Unit

SMALL = 0.1  # below it a share is written with a decimal


def written(value: float, subject: Subject) -> str:
    """3.1%, 42%, 0.62, or a change with its sign."""
    if subject.unit is Unit.SHARE:
        return f"{value:.1%}" if abs(value) < SMALL else f"{value:.0%}"
    return with_minus(f"{value:+.3f}") if subject.is_change else f"{value:.2f}"


def sentence(alert: Alert) -> str:
    """Why it was raised."""
    return _described(alert.opened_with, alert)


def heading(alert: Alert) -> str:
    """Such as: Empty answers · JDDC"""
    return f"{SUBJECTS[alert.subject].name} · {alert.dataset}"


def now(alert: Alert) -> str:
    """What was measured last."""
    return _described(alert.latest, alert)


def _described(measured: Measurement, alert: Alert) -> str:
    """Such as: Empty answers rose from 0.4% to 3.1% [2.2%, 4.2%] of 812 answers of v7 in JDDC; the bound is 2.0%."""
    subject = SUBJECTS[measured.subject]
    return _sentence(subject, measured) % _parts(subject, measured, alert)


def _sentence(subject: Subject, measured: Measurement) -> str:
    if measured.before is None:
        return _("%(what)s: %(value)s [%(low)s, %(high)s] of %(n)s %(of)s of %(version)s in %(dataset)s; %(bound)s.")
    if subject.is_change:
        return _change(measured)
    if measured.value > measured.before:
        return _(
            "%(what)s rose from %(before)s to %(value)s [%(low)s, %(high)s] of %(n)s %(of)s of %(version)s in"
            " %(dataset)s; %(bound)s."
        )
    return _(
        "%(what)s fell from %(before)s to %(value)s [%(low)s, %(high)s] of %(n)s %(of)s of %(version)s in"
        " %(dataset)s; %(bound)s."
    )


def _change(measured: Measurement) -> str:
    if measured.value > 0:
        return _(
            "%(what)s rose from %(before)s to %(level)s (%(value)s [%(low)s, %(high)s]) over %(n)s %(of)s of"
            " %(version)s in %(dataset)s; %(bound)s."
        )
    return _(
        "%(what)s fell from %(before)s to %(level)s (%(value)s [%(low)s, %(high)s]) over %(n)s %(of)s of"
        " %(version)s in %(dataset)s; %(bound)s."
    )


def _parts(subject: Subject, measured: Measurement, alert: Alert) -> dict[str, Any]:
    figures = {name: written(getattr(measured, name), subject) for name in ("value", "low", "high")}
    before = measured.before
    level = "" if before is None else with_minus(f"{before + measured.value:.2f}")
    earlier = "" if before is None else (f"{before:.2f}" if subject.is_change else written(before, subject))
    return figures | {
        "what": subject.name,
        "of": subject.of,
        "n": f"{measured.n:,}",
        "before": earlier,
        "level": level,
        "version": alert.version,
        "dataset": alert.dataset,
        "bound": _("the bound is %(bound)s") % {"bound": written(alert.bound, subject)},
    }
