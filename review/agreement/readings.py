"""Coefficients of agreement in a sentence, for people who do not know them."""

from __future__ import annotations

from django.utils.translation import gettext as _

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
