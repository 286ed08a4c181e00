"""Corrected shares, their differences and licences in a sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.models import Split
from ecc_site.core.sentences import in_a_row
from ecc_site.core.signs import with_minus
from review.calibration.estimating.corrected import LEAST_DIALOGUES, LEAST_VERDICTS, Corrected
from review.calibration.estimating.licence import LEAST_ANNOTATORS, LEAST_ITEMS, Licence, Outcome
from review.calibration.measures.intervals import Interval
from review.calibration.subjects.corrected import OfVersion, Proposal

DIALOGUES = {  # by the splits to which the replies belong
    (Split.TRAIN, Split.DEV): gettext_lazy("train and dev dialogues"),
    (Split.TRAIN,): gettext_lazy("train dialogues"),
    (Split.DEV,): gettext_lazy("dev dialogues"),
    (Split.TEST,): gettext_lazy("test dialogues"),
}

HALF = 0.5  # of a share: an interval that is wider says nothing


def percent_of(of: Interval) -> str:
    """A share and its interval, “61% [55, 67]”."""
    if of.mean is None:
        return "–"
    cut = of.in_unit()
    interval = "" if cut.low is None or cut.high is None else f" [{100 * cut.low:.0f}, {100 * cut.high:.0f}]"
    return f"{of.mean:.0%}{interval}"


def points_of(of: Interval) -> str:
    """A difference of shares in percentage points, “+5 [−1, +11]”."""
    if of.mean is None:
        return "–"
    interval = "" if of.low is None or of.high is None else f" [{100 * of.low:+.0f}, {100 * of.high:+.0f}]"
    return with_minus(f"{100 * of.mean:+.0f}{interval}")


def headline(of: OfVersion, version: str, dialogues: str) -> str:
    """What people would say of all replies, beside what the score says."""
    sentence = _(
        "By people's verdicts, %(share)s of %(version)s's replies to %(dialogues)s are acceptable: "
        "from verdicts on %(verdicts)s replies and %(replies)s scores. The score alone would say %(naive)s."
    )
    values = {
        "share": percent_of(of.share.corrected),
        "version": version,
        "dialogues": dialogues,
        "verdicts": f"{of.verdicts:,}",
        "replies": f"{of.replies:,}",
        "naive": percent_of(Interval(of.share.naive.mean, None, None, of.replies)),
    }
    return sentence % values


def reading(share: Corrected) -> str:
    """How far the score alone is off, and what it adds to the verdicts."""
    own, naive = share.corrected, share.naive.mean
    if naive is None or own.low is None or own.high is None:
        return ""
    if naive > own.high:
        said = _("The score alone calls too many replies acceptable.")
    elif naive < own.low:
        said = _("The score alone calls too few replies acceptable.")
    else:
        said = _("The score alone agrees with people, as far as can be told.")
    narrower = share.narrower or 0.0
    if narrower >= 0.01:
        gain = _("With the scores the interval is %(share)s narrower than with the verdicts alone.")
        return in_a_row([said, gain % {"share": f"{narrower:.0%}"}])
    no_gain = _("The scores make the verdicts no more precise: they say too little of them.")
    return in_a_row([said, no_gain])


def why_not(of: OfVersion) -> str:
    """Why nothing is corrected, and what to do."""
    values = {
        "n": f"{of.judged:,}",
        "verdicts": f"{of.verdicts:,}",
        "least": LEAST_VERDICTS,
        "dialogues": LEAST_DIALOGUES,
    }
    sentences = {
        "nobody": _("Nobody has reviewed these replies. Have some reviewed that are drawn at random."),
        "said": _(
            "Acceptability that was said outright comes from those who cared to say it, and tells nothing of the other "
            "replies. Choose the acceptability that was said or follows from the key."
        ),
        "chance": _(
            "%(n)s replies were reviewed, but they were chosen as the worst, by hand or from a part, and the others "
            "had no chance: nothing is known of those. Have some reviewed that are drawn at random."
        ),
        "few": _(
            "So far %(verdicts)s replies were reviewed that chance has chosen. That is too few: it takes %(least)s "
            "replies of %(dialogues)s dialogues."
        ),
    }
    return sentences[of.lack] % values


def promise(proposal: Proposal) -> str:
    """What reviewing these would bring."""
    if proposal.half_width is None or proposal.then is None or proposal.half_width > HALF:
        return _("drawn at random, so that they stand for all")
    values = {"now": f"{100 * proposal.half_width:.0f}", "then": f"{100 * proposal.then:.0f}"}
    if values["now"] == values["then"]:
        values = {"now": f"{100 * proposal.half_width:.1f}", "then": f"{100 * proposal.then:.1f}"}
    return _("the interval shrinks from ±%(now)s to ±%(then)s percentage points") % values


def reading_of_differences(rows: Sequence[tuple[str, Interval]], baseline: str) -> str:
    """Which versions are better or worse than the baseline for sure."""
    better = [name for name, of in rows if of.lies_above(0)]
    worse = [name for name, of in rows if of.lies_below(0)]
    said = []
    if better:
        said.append(_("Clearly better than %(baseline)s: %(versions)s.") % _versions(baseline, better))
    if worse:
        said.append(_("Clearly worse than %(baseline)s: %(versions)s.") % _versions(baseline, worse))
    return in_a_row(said) or _("No version is clearly better or worse than %(baseline)s.") % {"baseline": baseline}


def reading_of_licence(licence: Licence) -> str:
    """What follows from it."""
    if licence.outcome == Outcome.PASSED:
        return _("The score may stand in for an annotator: it says what the others say about as often as one of them.")
    if licence.outcome == Outcome.FAILED:
        return _(
            "The score may not stand in for an annotator. A version is not recommended on its word alone: "
            "the release gate then asks for people's verdicts on both versions."
        )
    sentence = _(
        "Too few to tell: it takes %(people)s annotators with %(items)s replies each that another reviewed as well, "
        "and so far %(have)s have. Until then the release gate goes by the score, and says so."
    )
    return sentence % {"people": LEAST_ANNOTATORS, "items": LEAST_ITEMS, "have": len(licence.against)}


def _versions(baseline: str, names: Sequence[str]) -> dict[str, str]:
    return {"baseline": baseline, "versions": _(", ").join(names)}
