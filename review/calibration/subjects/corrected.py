"""What people would say of all replies of each version: their verdicts made precise by the scores, and what to review
next so that it becomes more precise.

Replies to test dialogues and to those that versions learn from are never put together: rounds draw from one or the
other, and a version knows the one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from review.calibration.columns import SPLITS, Replies
from review.calibration.estimating.corrected import Corrected, Population, corrected, corrected_difference
from review.calibration.estimating.next_items import draw_next, edges_of
from review.calibration.material import Filter, Material
from review.calibration.queues import OF_PURPOSE
from review.calibration.source import Source, Tell
from review.drawn import MOST_DRAWN, Drawn
from review.models import Round
from scoring.parameters import Parameters
from serving.models import Version

PARTS = 2  # steps that are told
MOST = 12  # versions of each purpose: those with the most verdicts
A_FEW, FIRST = 24, 60  # that are proposed for review; FIRST where so far nothing can be corrected


@dataclass(frozen=True)
class Proposal:
    """Replies to review next, ids of comparisons; half_width: of the corrected share, now and then, None where it
    cannot be foretold. drawn: how.
    """

    comparisons: list[int]
    half_width: float | None
    then: float | None
    drawn: Drawn


@dataclass(frozen=True)
class OfVersion:
    """Replies of one version to the dialogues that rounds of one purpose draw from. version: its id.

    replies: with a final score; verdicts: of them those that people read and that correct the score; judged: those that
    somebody judged at all. lack: why nothing is corrected: "nobody" judged any, their acceptability was "said" outright
    by those who cared to, they were not all open to "chance", there are too "few"; "" where something is.

    share: of acceptable replies, by the score alone of those that reach the threshold; outcome: 1 where the reply was
    preferred to the reference, ½ in a tie, else 0, by the score alone the mean final score.
    """

    version: int
    purpose: str
    replies: int
    verdicts: int
    judged: int
    lack: str
    share: Corrected
    outcome: Corrected
    proposals: list[Proposal]


@dataclass(frozen=True)
class Difference:
    """How much more of a version's replies are acceptable than of the baseline's, and how much higher its outcome is.
    Both are ids.
    """

    version: int
    baseline: int
    purpose: str
    share: Corrected
    outcome: Corrected


@dataclass(frozen=True)
class CorrectedFigures:
    """versions: the champion first, then the newest; left_out: how many others have scores.

    parameters: of the profile.
    """

    versions: list[OfVersion]
    differences: list[Difference]
    left_out: int
    parameters: Parameters


@dataclass(frozen=True)
class _Part:
    """A version's replies to the dialogues of one purpose, (N,), as populations of acceptance and of outcomes."""

    version: int
    purpose: str
    material: Material
    share: Population
    outcome: Population
    reached: Population  # of which the score alone says whether they are acceptable

    @classmethod
    def of(cls, material: Material, version: int, purpose: str, parameters: Parameters) -> _Part:
        share, outcome = (material.population(parameters, name) for name in ("accepted", "outcome"))
        known = np.where(np.isnan(share.scores), np.nan, share.scores >= parameters.threshold)
        reached = Population(np.full(len(known), np.nan), known, share.groups)
        return cls(version, purpose, material, share, outcome, reached)

    @property
    def judged(self) -> int:
        return int((~np.isnan(self.material.mean()) & self.share.scored).sum())

    def lack(self, chosen: Filter) -> str:
        """See OfVersion."""
        if not self.judged:
            return "nobody"
        if chosen.own_opinion:
            return "said"
        if not self.share.read.any():
            return "chance"
        return "" if self.share.suffices else "few"


def work_out(source: Source, tell: Tell) -> CorrectedFigures:
    """Of all scores of the filter; tell: see PARTS."""
    material, parameters = source.everything, source.parameters
    champion = Version.objects.champion()
    first = champion.pk if champion else None
    found: list[OfVersion] = []
    differences: list[Difference] = []
    left_out: set[int] = set()
    parts_of: dict[str, list[_Part]] = {}
    for purpose, splits in OF_PURPOSE.items():
        own = material.where(np.isin(material.replies.split, [SPLITS.index(split) for split in splits]))
        versions, others = _versions_of(own, first)
        left_out |= others
        parts = [_Part.of(own.where(own.replies.version == pk), pk, purpose.value, parameters) for pk in versions]
        for part in parts:
            found.append(_of_version(part, source))
            tell(0)
        parts_of[purpose.value] = [part for part in parts if not part.lack(source.chosen)]
    tell(1)
    for parts in parts_of.values():
        differences += _differences(parts, first)
        tell(0)
    tell(1)
    ordered = sorted(found, key=lambda of: (of.version != first, -of.version, bool(of.lack), -of.verdicts))
    return CorrectedFigures(ordered, differences, len(left_out), parameters)


def _versions_of(material: Material, champion: int | None) -> tuple[list[int], set[int]]:
    """The versions with the most verdicts, and the champion; and the others."""
    replies = _counted(material.replies)
    verdicts = _counted(material.replies.at(material.said.item))
    ordered = sorted(replies, key=lambda pk: (pk != champion, -verdicts.get(pk, 0), -replies[pk]))
    return ordered[:MOST], set(ordered[MOST:])


def _counted(replies: Replies) -> Mapping[int, int]:
    pks, counts = np.unique(replies.version, return_counts=True)
    return dict(zip(pks.tolist(), counts.tolist(), strict=True))


def _of_version(part: _Part, source: Source) -> OfVersion:
    lack = part.lack(source.chosen)
    share = replace(corrected(part.share), naive=corrected(part.reached).naive)
    outcome = corrected(part.outcome)
    if lack:
        share, outcome = (_without_people(of) for of in (share, outcome))
    return OfVersion(
        version=part.version,
        purpose=part.purpose,
        replies=int(part.share.scored.sum()),
        verdicts=int(part.share.read.sum()),
        judged=part.judged,
        lack=lack,
        share=share,
        outcome=outcome,
        proposals=_proposals(part, source, lack, share.to_halve),
    )


def _without_people(of: Corrected) -> Corrected:
    """The scores alone: a few verdicts, or those of the worst, would only mislead."""
    nothing = replace(of.corrected, mean=None, low=None, high=None)
    return Corrected(nothing, nothing, of.naive, None)


def _differences(parts: list[_Part], champion: int | None) -> list[Difference]:
    """Of each version from the champion, or else from the one with the most verdicts; parts: that can be corrected."""
    if not parts:
        return []
    base = next((part for part in parts if part.version == champion), None)
    base = base or max(parts, key=lambda part: int(part.share.read.sum()))
    found = []
    for part in parts:
        if part is not base:
            share = corrected_difference(part.share, base.share)
            share = replace(share, naive=corrected_difference(part.reached, base.reached).naive)
            outcome = corrected_difference(part.outcome, base.outcome)
            found.append(Difference(part.version, base.version, part.purpose, share, outcome))
    return found


def _proposals(part: _Part, source: Source, lack: str, to_halve: int | None) -> list[Proposal]:
    """A few, and as many as halve the interval. None where what was read is only known in part: under a tag, of some
    rounds, or where it was said outright.
    """
    chosen = source.chosen
    if chosen.tag or chosen.rounds or chosen.own_opinion:
        return []
    sizes = [FIRST] if lack else [A_FEW, *([to_halve] if to_halve and A_FEW < to_halve <= MOST_DRAWN else [])]
    proposed = (_proposal(part, source, size) for size in sizes)
    return [proposal for proposal in proposed if proposal.comparisons]


def _proposal(part: _Part, source: Source, size: int) -> Proposal:
    draw = draw_next(part.share, size)
    comparisons = part.material.replies.comparison[draw.items].tolist()
    splits = [str(split) for split in OF_PURPOSE[Round.Purpose(part.purpose)]]
    drawn = Drawn(
        splits=tuple(split for split in splits if split in (source.chosen.splits or splits)),
        languages=tuple(source.chosen.languages),
        edges=tuple(edges_of(draw.bands)[1:-1].tolist()),
        alpha=source.parameters.alpha,
        theta=source.parameters.theta,
    )
    return Proposal(comparisons, draw.half_width, draw.then, drawn)
