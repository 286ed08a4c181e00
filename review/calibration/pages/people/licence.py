"""Licences with names and sentences."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from ecc_site.core.language import Language
from review.calibration.estimating.licence import Outcome
from review.calibration.pages.people import readings
from review.calibration.source import Source
from review.calibration.subjects.licence import LicenceFigures

OUTCOMES = {Outcome.PASSED: _("passed"), Outcome.FAILED: _("failed"), Outcome.TOO_FEW: _("too few")}


def in_words(source: Source, found: LicenceFigures) -> dict[str, Any]:
    """One query."""
    people = User.objects.in_bulk([test.person for of in found.languages for test in of.licence.against])
    return {
        "scorer_set": source.chosen.scorer_set,
        "languages": [
            {
                "of": of,
                "name": Language(of.language).label,
                "outcome": OUTCOMES[of.licence.outcome],
                "reading": readings.reading_of_licence(of.licence),
                "rows": [(str(people.get(test.person, "–")), test) for test in of.licence.against],
            }
            for of in found.languages
        ],
    }
