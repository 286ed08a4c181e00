"""Redaction with the kinds of the shop itself: those of REDACTION_PATTERNS and those of the managers' page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings

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


def redactor(more: Collection[Detector] = ()) -> Redactor:
    """For one conversation; of many, ask for the detectors once and make a Redactor of them for each."""
    return Redactor([*more, *detectors()] if more else detectors())
