"""What the measures are called and what their figures say, in the reader's language."""

from __future__ import annotations

from math import isinf

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.agreement.measures.estimates import Estimate
from review.calibration.beside.figures import BesideFigures
from scoring.components import labels
from scoring.measures.beside import MEASURES, Measure

BETTER = {True: gettext_lazy("more"), False: gettext_lazy("less"), None: gettext_lazy("neither")}


def label_of(name: str) -> str:
    """Of a measure, a component or the final score."""
    measure = MEASURES.get(name)
    return _(measure.label) if measure else str(labels()[name])


def range_of(measure: Measure | None) -> str:
    """In signs; components and the final score lie in [0, 1]."""
    return "0 – ∞" if measure and isinf(measure.range[1]) else "0 – 1"


def reading_of(figures: BesideFigures) -> str:
    """Which measure goes best with what people say, and beside it the final score, or BLEU where that is the best.

    The reference match is none of the reply's own.
    """
    found = {name: of for name, of in figures.people.items() if of.value is not None and name != "match_cloud"}
    if not found:
        return str(_("Too few of these replies have been reviewed to say which measure goes with people."))
    best = max(found, key=lambda name: _with_people(name, found[name]))
    words = {"measure": label_of(best), "best": _with_interval(found[best])}
    other = "bleu" if best == "final" else "final"
    if not found[best].excludes(0):
        return _("No measure goes clearly with what people say; nearest is %(measure)s: %(best)s.") % words
    if other not in found:
        return _("Of all measures, %(measure)s goes best with what people say: %(best)s.") % words
    words |= {"other": label_of(other), "rho": f"{found[other].value:.2f}"}
    return _("Of all measures, %(measure)s goes best with what people say: %(best)s; %(other)s %(rho)s.") % words


def _with_people(name: str, of: Estimate) -> float:
    """How far more of what is better of the measure goes with what people accept; of a length either way."""
    measure, value = MEASURES.get(name), of.value or 0.0
    if measure is None or measure.more_is_better:
        return value
    return abs(value) if measure.more_is_better is None else -value


def _with_interval(of: Estimate) -> str:
    interval = f" [{of.low:.2f}, {of.high:.2f}]" if of.low is not None and of.high is not None else ""
    return f"ρ {of.value:.2f}{interval}"
