"""A round of review in which people judge both versions of a gate on the same questions."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from dialogues.models import Split
from ecc_site.core.errors import ExpectedError
from review.drawn import Drawn, DrawnRound
from review.models import Round
from training.evaluation.gate import Gate
from training.evaluation.people import outcomes_on

QUESTIONS = 60  # each with two replies


class NothingLeft(ExpectedError):
    """The two versions have no pair in common that people have not reviewed already."""


def round_of_both(gate: Gate) -> DrawnRound:
    """At most so many questions, drawn by chance from those that people have not reviewed for both versions yet.

    Raises NothingLeft.
    """
    main = gate.main
    judged = outcomes_on(main.eval_set) if main else {}
    pairs = [
        (before.comparison_id, after.comparison_id)
        for before, after in (zip(main.before, main.after, strict=True) if main else ())
        if not {before.comparison_id, after.comparison_id} <= judged.keys()
    ]
    if main is None or not pairs:
        raise NothingLeft(_("No question is left that both versions answered and people have not reviewed."))
    drawn = np.random.default_rng().permutation(len(pairs))[:QUESTIONS]
    return DrawnRound(
        dataset=main.profile.dataset_id,
        kind=main.kind,
        purpose=Round.Purpose.MEASURE.value,
        versions=(gate.champion.pk, gate.candidate.pk),
        comparisons=tuple(pk for i in drawn for pk in pairs[int(i)]),
        drawn=Drawn((Split.TEST.value,), alpha=main.profile.alpha, theta=main.profile.theta),
    )
