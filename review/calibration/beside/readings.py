"""What the measures are called and what their figures say, in the reader's language."""

from __future__ import annotations

from math import isinf

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecc_site.core.signs import with_minus
from review.agreement.measures.estimates import Estimate
from review.calibration.beside import satisfaction
from review.calibration.beside.figures import BesideFigures
from scoring.components import labels
from scoring.measures.beside import MEASURES

OF_OTHERS = ("match_cloud", satisfaction.NAME)
BETTER = {True: gettext_lazy("more"), False: gettext_lazy("less"), None: gettext_lazy("neither")}


def label_of(name: str) -> str:
    """Of a measure, a component, the final score or satisfaction."""
    measure = MEASURES.get(name)
    return _(measure.label) if measure else str({satisfaction.NAME: satisfaction.LABEL, **labels()}[name])


def range_of(name: str) -> str:
    """In signs, or for satisfaction in words; components and the final score lie in [0, 1]."""
    if name == satisfaction.NAME:
        return str(satisfaction.RANGE)
    measure = MEASURES.get(name)
    return "0 – ∞" if measure and isinf(measure.range[1]) else "0 – 1"


def reading_of(figures: BesideFigures) -> str:
    """Which measure goes best with what people say, and beside it the final score, or BLEU where that is the best.

    The reference match and satisfaction are none of the reply's own.
    """
    found = {name: of for name, of in figures.people.items() if of.value is not None and name not in OF_OTHERS}
    if not found:
        return str(_("Too few of these replies have been reviewed to say which measure goes with people."))
    best = max(found, key=lambda name: _with_people(name, found[name]))
    words = {"measure": label_of(best), "best": _with_interval(found[best])}
    other = "bleu" if best == "final" else "final"
    if not found[best].excludes(0):
        return _("No measure goes clearly with what people say; nearest is %(measure)s: %(best)s.") % words
    if other not in found:
        return _("Of all measures, %(measure)s goes best with what people say: %(best)s.") % words
    words |= {"other": label_of(other), "rho": with_minus(f"{found[other].value:.2f}")}
    return _("Of all measures, %(measure)s goes best with what people say: %(best)s; %(other)s %(rho)s.") % words


def reading_of_satisfaction(figures: BesideFigures) -> str:
    """How far the final score goes with how satisfied customers were; empty where no file says that."""
    if satisfaction.NAME not in figures.names:
        return ""
    place = figures.names.index
    found = figures.matrix[place("final")][place(satisfaction.NAME)]
    if found.value is None:
        return _("Of too few of these conversations a file says how satisfied the customer was.")
    words = {"n": f"{found.n:,}", "rho": with_minus(f"{found.value:.2f}")}
    return _("Over %(n)s replies the final score goes with the satisfaction of customers by ρ %(rho)s.") % words


def _with_people(name: str, of: Estimate) -> float:
    """How far more of what is better of the measure goes with what people accept; of a length either way."""
    measure, value = MEASURES.get(name), of.value or 0.0
    if measure is None or measure.more_is_better:
        return value
    return abs(value) if measure.more_is_better is None else -value


def _with_interval(of: Estimate) -> str:
    interval = f" [{of.low:.2f}, {of.high:.2f}]" if of.low is not None and of.high is not None else ""
    return with_minus(f"ρ {of.value:.2f}{interval}")
