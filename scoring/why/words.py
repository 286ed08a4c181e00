"""A decision of Eq. 1 in sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecc_site.core.sentences import in_a_row
from scoring.why.rule import Decision, Rule


def told(decision: Decision) -> str:
    """Which rule applied, why, and what came out."""
    sentence = _SENTENCES[decision.rule]() % _numbers(decision)
    if decision.final is None:
        return sentence
    return in_a_row([sentence, acceptance(decision)])


def acceptance(decision: Decision) -> str:
    """Of a known final score."""
    _final, threshold = apart(decision.final or 0.0, decision.parameters.threshold)
    words = _("Acceptable from %(threshold)s on: yes.") if decision.is_acceptable else None
    return (words or _("Acceptable from %(threshold)s on: no.")) % {"threshold": threshold}


def what_would_change_it(decision: Decision) -> list[str]:
    """What another Θ, and another similarity, would make of it."""
    return [sentence for sentence in (_another_theta(decision), _another_similarity(decision)) if sentence]


def apart(value: float, limit: float) -> tuple[str, str]:
    """Both with two decimals, or with as many more as tell them apart."""
    for digits in range(2, 6):
        shown, bound = f"{value:.{digits}f}", f"{limit:.{digits}f}"
        if shown != bound or value == limit:
            return shown, bound
    return repr(value), repr(limit)


_SENTENCES = {
    Rule.NOTHING_KNOWN: lambda: _(
        "How similar the answer is to the reference is unknown, and so is how well the reference matches the question: "
        "the final score is unknown."
    ),
    Rule.NO_SIMILARITY: lambda: _(
        "How similar the answer is to the reference is unknown, and every rule needs it: the final score is unknown."
    ),
    Rule.NO_REFERENCE_MATCH: lambda: _(
        "How well the reference matches the question is unknown, so nobody can say whether the match of the answer "
        "counts: the final score is unknown."
    ),
    Rule.SIMILARITY_ALONE: lambda: _(
        "The reference itself matches the question with only %(reference_match)s, less than Θ %(theta)s, so a match "
        "says little here and similarity alone counts: %(final)s."
    ),
    Rule.NO_MATCH: lambda: _(
        "The reference itself matches the question with %(reference_match)s, at least Θ %(theta)s, so both count; but "
        "how well the answer matches the question is unknown, and so is the final score."
    ),
    Rule.BOTH: lambda: _(
        "The reference itself matches the question with %(reference_match)s, at least Θ %(theta)s, so both count: "
        "%(alpha)s × %(similarity)s similarity + %(rest)s × %(match)s match = %(final)s."
    ),
}


def _numbers(decision: Decision) -> dict[str, str]:
    parameters, final = decision.parameters, decision.final
    reference_match, theta = apart(decision.reference_match or 0.0, parameters.theta)
    return {
        "reference_match": reference_match,
        "theta": theta,
        "alpha": f"{parameters.alpha:g}",
        "rest": f"{1 - parameters.alpha:.4g}",
        "similarity": f"{decision.similarity or 0.0:.2f}",
        "match": f"{decision.match or 0.0:.2f}",
        "final": "" if final is None else apart(final, parameters.threshold)[0],
    }


def _another_theta(decision: Decision) -> str:
    other = decision.under_the_other_rule
    if other is None:
        return ""
    limit = apart(decision.reference_match or 0.0, decision.parameters.theta)[0]
    numbers = {"limit": limit, "final": "" if other.final is None else f"{other.final:.2f}"}
    if decision.rule != Rule.SIMILARITY_ALONE:
        return _("With Θ above %(limit)s similarity alone would count: %(final)s.") % numbers
    if other.final is None:
        return _("With Θ at %(limit)s or less the match of the answer would count, which is unknown.") % numbers
    return _("With Θ at %(limit)s or less both would count: %(final)s.") % numbers


def _another_similarity(decision: Decision) -> str:
    needed = decision.needed_similarity
    if needed is None or decision.similarity is None or decision.rule != Rule.BOTH:
        return ""
    numbers = {"needed": apart(needed, decision.similarity)[0]}
    if needed > 1:
        return _("With this match no similarity would make it acceptable.")
    if needed <= 0:
        return _("With this match it is acceptable whatever the similarity.")
    if decision.is_acceptable:
        return _("With this match it stays acceptable down to a similarity of %(needed)s.") % numbers
    return _("With this match it would be acceptable from a similarity of %(needed)s on.") % numbers
