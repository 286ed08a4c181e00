"""How well the components, Eq. 1 and mere length agree with people, and with whom they are to be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import Estimate
from review.agreement.measures.wilson import share_of
from review.calibration.columns import STRATA, Replies
from review.calibration.estimating.figures import (
    Agreement,
    Ceiling,
    agreement_of,
    ceiling_of,
    gain_of,
    pairwise_of,
)
from review.calibration.material import Material
from review.calibration.measures.auc import auc
from review.calibration.measures.reliability import Bin, calibration_error, reliability
from review.calibration.slices import Slice, slices_of
from review.calibration.source import Source, Tell
from review.calibration.texts import lengths_of
from review.models import RoundItem
from scoring.fusion import COMPONENTS
from scoring.parameters import Parameters

FINAL, LENGTH = "final", "length"  # of the reply, in characters: the baseline that a score has to beat
NAMES = (*COMPONENTS, FINAL, LENGTH)
PARTS = len(NAMES) + 3  # steps that are told


@dataclass(frozen=True)
class ScoreAgreement:
    """One score. beside_reference: how often it prefers, of the reply and its reference, the one that people prefer;
    None where the reference has no such score of its own. ceiling: of AUC.
    """

    name: str
    agreement: Agreement
    beside_reference: Estimate | None
    ceiling: Ceiling


@dataclass(frozen=True)
class AgreementFigures:
    """in_sight, by_default, at_random: share of the verdicts that were given with the scores in sight, whose word on
    acceptability followed from the one key, and whose reply was drawn at random; None without verdicts. accepted: of
    the replies. curve, error: of the final score; over_length: how much higher its AUC is than that of length, paired.
    parameters: of the profile under which it was worked out.
    """

    replies: int
    dialogues: int
    verdicts: int
    people: int
    in_sight: float | None
    by_default: float | None
    at_random: float | None
    accepted: Estimate
    scores: list[ScoreAgreement]
    curve: list[Bin]
    error: float | None
    over_length: Estimate
    slices: list[Slice]
    parameters: Parameters

    def of(self, name: str) -> ScoreAgreement:
        """The score of this name, one of NAMES."""
        return next(score for score in self.scores if score.name == name)


def work_out(source: Source, tell: Tell) -> AgreementFigures:
    """Of the replies that somebody judged; tell: see PARTS."""
    material = source.judged
    tell(1)
    replies, said, accepted = material.replies, material.said, material.mean()
    final, lengths = replies.final(source.parameters), lengths_of(replies)
    scores = []
    for name, values, of_reference in _scores(replies, final, *lengths):
        scores.append(_score(name, values, of_reference, material, accepted))
        tell(1)
    known = ~np.isnan(final) & ~np.isnan(accepted)
    curve = reliability(final[known], accepted[known], replies.dialogue[known])
    tell(1)
    slices = slices_of(source.chosen, replies, final, accepted, tell)
    tell(1)
    return AgreementFigures(
        replies=len(replies),
        dialogues=len(np.unique(replies.dialogue)),
        verdicts=len(said),
        people=len(np.unique(said.person)),
        in_sight=_share(said.in_sight),
        by_default=_share(said.is_default),
        at_random=_share(said.stratum == STRATA.index(RoundItem.Stratum.RANDOM)),
        accepted=share_of(accepted, replies.dialogue),
        scores=scores,
        curve=curve,
        error=calibration_error(curve),
        over_length=gain_of(final, lengths[0], accepted, replies.dialogue),
        slices=slices,
        parameters=source.parameters,
    )


def _scores(
    replies: Replies, final: np.ndarray, length: np.ndarray, of_reference: np.ndarray
) -> list[tuple[str, np.ndarray, np.ndarray | None]]:
    """By name the score of each reply and, where that is of one kind, of its reference, in the order of NAMES."""
    beside = {"match_end": replies.match_cloud, LENGTH: of_reference}
    values = {name: getattr(replies, name) for name in COMPONENTS} | {FINAL: final, LENGTH: length}
    return [(name, values[name], beside.get(name)) for name in NAMES]


def _score(
    name: str, values: np.ndarray, of_reference: np.ndarray | None, material: Material, accepted: np.ndarray
) -> ScoreAgreement:
    replies = material.replies
    graded = material.mean("outcome")
    agreement = agreement_of(values, graded, accepted, replies.dialogue, questions=replies.turn)
    beside = None
    if of_reference is not None:
        beside = pairwise_of(values - of_reference, material.mean("side"), replies.dialogue)
    return ScoreAgreement(name, agreement, beside, ceiling_of(auc, values, material.said.opinions(), replies.dialogue))


def _share(flags: np.ndarray) -> float | None:
    return float(flags.mean()) if len(flags) else None
