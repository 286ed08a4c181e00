"""Figures of calibration in a sentence each, for people who do not know the measures."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ecc_site.core.sentences import in_a_row
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.fit import Fit
from review.calibration.estimating.learned import Learned
from review.calibration.measures.reliability import Bin
from review.calibration.subjects.agreement import FINAL, LENGTH, AgreementFigures


def percent_of(of: Estimate) -> str:
    """A share and its interval, “71% [64, 78]”."""
    if of.value is None:
        return "–"
    if of.low is None or of.high is None:
        return f"{of.value:.0%}"
    return f"{of.value:.0%} [{100 * of.low:.0f}, {100 * of.high:.0f}]"


def headline(found: AgreementFigures) -> str:
    """How far the final score is to be trusted, and beside what that has to be seen."""
    final = found.of(FINAL)
    values = {"n": f"{found.replies:,}", "auc": percent_of(final.agreement.auc)}
    if final.agreement.auc.value is None:
        if found.accepted.value in (0, 1):
            sentence = _(
                "People accept all or none of these %(n)s replies, so how well a score tells them apart is unknown."
            )
            return sentence % values
        return _("Of these %(n)s replies none has a final score.") % values
    sentence = _(
        "On %(n)s replies that people reviewed, "
        "the final score tells an acceptable reply from one that is not in %(auc)s of pairs."
    )
    said = [sentence % values]
    people, same = final.ceiling.people, final.ceiling.score
    if people.value is not None:
        sentence = _(
            "Where several people reviewed, one of them tells what the others accept in %(people)s, "
            "the score in %(score)s."
        )
        said.append(sentence % {"people": percent_of(people), "score": percent_of(same)})
    else:
        said.append(
            _("How well people agree with each other is unknown: too few replies were reviewed by two or more.")
        )
    length = found.of(LENGTH).agreement.auc
    if length.value is not None:
        said.append(_("Length alone reaches %(length)s.") % {"length": percent_of(length)})
    return in_a_row(said)


def reading_over_length(gain: Estimate) -> str:
    """Whether the final score tells more than the length of a reply."""
    if gain.low is None or gain.high is None:
        return _("Fewer than ten dialogues: too few for intervals, so all of this may be chance.")
    if gain.low > 0:
        return _("The final score tells clearly more than the length of a reply does.")
    if gain.high < 0:
        return _("The length of a reply tells clearly more than the final score does.")
    return _("The final score does not tell clearly more than the length of a reply does.")


def reading_of_curve(curve: Sequence[Bin]) -> str:
    """What low and what high scores come to. Empty where there are not two bins to compare."""
    if len(curve) < 2:
        return ""
    low, high = curve[0], curve[-1]
    values = {
        "low": f"{low.score:.2f}",
        "few": f"{low.accepted.value or 0:.0%}",
        "high": f"{high.score:.2f}",
        "many": f"{high.accepted.value or 0:.0%}",
    }
    return _("Of replies that score about %(low)s people accept %(few)s, of those about %(high)s %(many)s.") % values


def reading_of_slices(rows: Sequence[tuple[str, Estimate]]) -> str:
    """Where the score tells least, where that can be told from where it tells most."""
    known = [(of.value, of.low, of.high, name) for name, of in rows if of.value is not None and of.low is not None]
    if len(known) < 2:
        return _("No two parts have replies of ten dialogues: too few to compare.")
    least, most = min(known), max(known)
    if least[2] >= most[1]:  # type: ignore[operator]
        return _("No part differs clearly from another: the intervals overlap.")
    values = {"least": least[3], "low": f"{least[0]:.0%}", "most": most[3], "high": f"{most[0]:.0%}"}
    return _("The score tells least in %(least)s (%(low)s of pairs), most in %(most)s (%(high)s).") % values


def reading_of_fit(fit: Fit) -> str:
    """Whether other values are worth taking."""
    if fit.gain.low is None and fit.right_gain.low is None:
        return _("Too few dialogues to tell whether the fitted values are any better.")
    if fit.is_better:
        return _(
            "On dialogues that they were not fitted to, the fitted values are clearly better than the active ones."
        )
    return _(
        "On dialogues that they were not fitted to, "
        "the fitted values are not clearly better than the active ones: keep these."
    )


def reading_of_learned(learned: Learned) -> str:
    """Whether the small model is worth showing."""
    gain = learned.gain
    if gain.low is None or gain.high is None:
        return _("Too few dialogues to tell whether it knows more than Eq. 1.")
    if gain.low > 0:
        return _("On dialogues that it has not seen, it tells acceptable replies clearly better than Eq. 1.")
    if gain.high < 0:
        return _("On dialogues that it has not seen, it tells acceptable replies clearly worse than Eq. 1.")
    return _("On dialogues that it has not seen, it is not clearly better than Eq. 1.")
