"""The shop's own kinds of personal data, of REDACTION_PATTERNS and of the managers' page, and redaction with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from ecc_site.core.models import Act, AuditEntry
from serving.models import RedactionPattern
from serving.redaction import Redactor, detectors_with
from serving.redaction.spans import Detector


def own_patterns() -> list[tuple[str, str]]:
    """Names and expressions of the shop's own kinds, as they are switched on now."""
    stored = RedactionPattern.objects.filter(active=True).values_list("name", "expression")
    return [*settings.REDACTION_PATTERNS.items(), *stored]


def detectors() -> Sequence[Detector]:
    """The shop's own, as they are switched on now, and the built-in ones."""
    return detectors_with(own_patterns())


def add(pattern: RedactionPattern, by: User) -> None:
    """The pattern counts from now on."""
    with transaction.atomic():
        pattern.created_by = by
        pattern.save()
        _write_down(pattern, by, f"added: {pattern.expression}")


def switch(pattern: RedactionPattern, active: bool, by: User) -> None:
    """The pattern counts, or is passed by."""
    with transaction.atomic():
        if RedactionPattern.objects.filter(pk=pattern.pk, active=not active).update(active=active):
            _write_down(pattern, by, "on" if active else "off")


def remove(pattern: RedactionPattern, by: User) -> None:
    with transaction.atomic():
        _write_down(pattern, by, f"removed: {pattern.expression}")
        pattern.delete()


def _write_down(pattern: RedactionPattern, by: User, detail: str) -> None:
    AuditEntry.objects.record(Act.CHANGED_REDACTION, pattern, by=by, detail=detail)


def redactor(more: Collection[Detector] = ()) -> Redactor:
    """For one conversation; of many, ask for the detectors once and make a Redactor of them for each."""
    return Redactor([*more, *detectors()] if more else detectors())
