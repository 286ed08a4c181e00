"""The overview in one sentence: who answers customers, how well, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.models import Comparison
from ecc_site.overview.figures import Figures, ScoredVersion
from review.agreement.measures.estimates import Estimate
from serving.models import Version

OUTCOMES = {  # of the gate
    "better": gettext_lazy("%(version)s waits and is better."),
    "worse": gettext_lazy("%(version)s waits and is worse."),
    "undecided": gettext_lazy("%(version)s waits; whether it is better is undecided."),
    "few": gettext_lazy("%(version)s waits; too few questions are measured to tell whether it is better."),
    "partial": gettext_lazy("%(version)s waits; not all questions are measured yet."),
}
UNMEASURED = gettext_lazy("%(version)s waits and is not measured.")


@dataclass(frozen=True)
class Sentence:
    """In parts, each a sentence or empty; `waiting` is the version that `candidate` speaks of."""

    answers: str
    by_score: str = ""
    by_people: str = ""
    candidate: str = ""
    waiting: Version | None = None


def sentence_of(figures: Figures | None, champion: Version | None, versions: Mapping[int, Version]) -> Sentence:
    """versions: by their ids, at least the one that waits."""
    if champion is None:
        return Sentence(_("No model answers customers yet."))
    answers = _("%(version)s answers customers.") % {"version": champion}
    if figures is None:
        return Sentence(answers)
    by_score = _by_score(figures.by_score.scored.get(champion.pk), figures.by_score.kind)
    by_people = _by_people(figures.by_people.accepted.get(champion.pk), figures.by_people.is_drawn)
    waiting = versions.get(figures.candidate or 0)
    if waiting is None or waiting == champion or waiting.state != Version.State.CANDIDATE:
        return Sentence(answers, by_score, by_people)
    outcome = OUTCOMES.get(figures.outcome, UNMEASURED) % {"version": waiting}
    return Sentence(answers, by_score, by_people, outcome, waiting)


def in_percent(share: Estimate) -> str:
    """18% [16, 20]."""
    value = f"{share.value or 0:.0%}"
    if share.low is None or share.high is None:
        return value
    return f"{value} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _by_score(scored: ScoredVersion | None, kind: str) -> str:
    """kind: of the references."""
    if scored is None:
        return _("Its answers in this dataset are not scored.")
    share, n = in_percent(scored.acceptable), f"{scored.acceptable.n:,}"
    values = {"share": share, "reference": Comparison.Kind(kind).label, "n": n}
    if scored.is_held_out:
        sentence = _(
            "%(share)s of its answers to unseen questions are acceptable by the automatic score "
            "(reference: %(reference)s, n = %(n)s)."
        )
    else:
        sentence = _(
            "%(share)s of its answers are acceptable by the automatic score (reference: %(reference)s, n = %(n)s)."
        )
    return sentence % values


def _by_people(accepted: Estimate | None, is_drawn: bool) -> str:
    if accepted is None or accepted.value is None:
        return ""
    values = {"share": in_percent(accepted), "n": f"{accepted.n:,}"}
    if is_drawn:
        return _("People accept %(share)s of those drawn at random (n = %(n)s).") % values
    return _("People accept %(share)s of those that they reviewed (n = %(n)s).") % values
