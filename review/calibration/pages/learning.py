"""What the small model has learned, in words, and which one is shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from review.calibration.estimating.learned import LEAST, Model
from review.calibration.pages import readings
from review.calibration.source import Source
from review.calibration.subjects.learning import LearningFigures
from review.models import LearnedScorer
from scoring.components import labels

FEATURES = {
    "length": _("length of the reply"),
    "shorter": _("shorter than the reference"),
    "longer": _("longer than the reference"),
    "echo": _("repeats the question"),
    "overlap": _("has the reference's words"),
    "repetition": _("repeats itself"),
    "missing_numbers": _("lacks the reference's numbers"),
    "invented_numbers": _("has numbers that nobody said"),
    "empty": _("says nothing"),
    "language_zh": _("Chinese dialogue"),
    "language_en": _("English dialogue"),
}
NAMES = {**labels(), **FEATURES}
SMALL = 0.05  # on the log odds, by one standard deviation: what is less is not named


def in_words(source: Source, found: LearningFigures) -> dict[str, Any]:
    chosen = source.chosen
    of = {"dataset": chosen.dataset, "scorer_set": chosen.scorer_set, "kind": chosen.kind}
    return {
        "least": LEAST,
        "reading": readings.reading_of_learned(found.learned) if found.learned else "",
        "weights": weights_of(found.learned.model) if found.learned else [],
        "active": LearnedScorer.objects.active().filter(**of).select_related("author").first(),
    }


def weights_of(model: Model) -> list[tuple[Any, float, float]]:
    """What speaks for or against acceptance, the most telling first: name, weight, and its share of the largest."""
    named = [(NAMES[name], weight) for name, weight in zip(model.names, model.weights, strict=True)]
    largest = max((abs(weight) for _name, weight in named), default=0.0) or 1.0
    telling = [(name, weight, abs(weight) / largest) for name, weight in named if abs(weight) >= SMALL]
    return sorted(telling, key=lambda row: -row[2])
