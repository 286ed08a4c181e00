"""Figures of agreement in a sentence each, for people who do not know the coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from django.utils.translation import gettext as _

from ecc_site.core.signs import with_minus
from review.agreement.annotators import AnnotatorFigures
from review.agreement.figures import PairFigures
from review.agreement.measures.estimates import Estimate

RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff, Content Analysis (2004), page 241


def reading_of(alpha: Estimate) -> str:
    """What Krippendorff's nominal alpha of so much means, where some items have two opinions."""
    if alpha.value is None:
        return _("Everybody said the same of everything, so agreement beyond chance cannot be told.")
    if alpha.low is None:
        return _("Fewer than ten dialogues have two opinions: too few to tell how reliable the annotators are.")
    if alpha.value >= RELIABLE:
        return _("The annotators agree reliably: what they say together can be built on.")
    if alpha.value >= TENTATIVE:
        return _("The annotators agree fairly well: enough for tentative conclusions.")
    if alpha.value > 0:
        return _("The annotators agree too little to be relied on: look at the disagreements and the guideline.")
    return _("The annotators agree no more than chance: look at the disagreements and the guideline.")


def reading_of_preference(win_rate: Estimate) -> str:
    """Which side people prefer, where that can be told."""
    if win_rate.value is None:
        return ""
    if not win_rate.excludes(0.5):
        return _("Neither side is ahead: the interval reaches both sides of one half.")
    if win_rate.value > 0.5:
        return _("The end model's answers are preferred to the reference.")
    return _("The reference is preferred to the end model's answers.")


def reading_of_pairs(rows: Sequence[tuple[str, str, PairFigures]]) -> str:
    """Who agree least, of the pairs who share enough to have an interval."""
    known = [(of.kappa.value, first, second) for first, second, of in rows if of.kappa.low is not None]
    if not known:
        return _("No pair shares items of ten dialogues: too few to compare pairs.")
    kappa, first, second = min(known)
    values = {"first": first, "second": second, "kappa": with_minus(f"{kappa:.2f}")}
    return _("%(first)s and %(second)s agree least: κ = %(kappa)s.") % values


def reading_of_pace(rows: Sequence[tuple[str, AnnotatorFigures]]) -> str:
    """How fast people work, where anybody has given two verdicts in a row."""
    paces = [of.per_hour for _name, of in rows if of.per_hour is not None]
    if not paces:
        return ""
    values = {"least": f"{min(paces):.0f}", "middle": f"{median(paces):.0f}", "most": f"{max(paces):.0f}"}
    return _("From %(least)s to %(most)s verdicts an hour, the median is %(middle)s.") % values
