"""What calibration works on: the scores of a filter and the verdicts about them, as flat columns.

All scores and verdicts are three queries, whatever the filter and however many rows, which are read in batches; the
scores that somebody judged alone are a query for each two thousand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from dialogues.models import Comparison, Dataset
from ecc_site.core.columns import columns_of, joined
from review.calibration.columns import REPLIES, STRATA, VERDICT_COLUMNS, Replies, VerdictColumns
from review.calibration.estimating.corrected import Population
from review.calibration.estimating.judged import Judged
from review.calibration.estimating.sampling import Sampling, cells_of, sampled
from review.calibration.queues import Queue
from review.models import Round, RoundItem, Tag, Verdict
from review.tags.slicing import tagged
from scoring.models import Score, ScorerSet
from scoring.parameters import Parameters

AT_ONCE = 2_000  # ids in a query
ALL = 0.999  # of the replies, so many have to lie in cells of which something was read


@dataclass(frozen=True)
class Filter:
    """Which scores and verdicts. Scores of different scorer sets or kinds of reference never meet."""

    dataset: Dataset
    scorer_set: ScorerSet
    kind: str
    versions: tuple[int, ...] = ()  # ids; none: all
    languages: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    tag: Tag | None = None
    only_confirmed: bool = False  # of the tag
    rounds: tuple[int, ...] = ()
    without_sight: bool = False  # only verdicts that were given with the scores out of sight
    own_opinion: bool = False  # of acceptability: not where it followed from the one key

    @classmethod
    def of_json(cls, dataset: Dataset, scorer_set: ScorerSet, kind: str, chosen: Mapping[str, Any]) -> Self:
        """What as_json wrote. Raises Tag.DoesNotExist."""
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in chosen.items()}
        if values["tag"] is not None:
            values["tag"] = Tag.objects.get(pk=values["tag"])
        return cls(dataset, scorer_set, kind, **values)

    def as_json(self) -> dict[str, Any]:
        """What it chooses of its dataset, scorer set and kind of reference; the same for whatever order."""
        several = {name: sorted(getattr(self, name)) for name in ("versions", "languages", "splits", "rounds")}
        flags = {name: getattr(self, name) for name in ("only_confirmed", "without_sight", "own_opinion")}
        return {**several, **flags, "tag": self.tag.pk if self.tag else None}

    @property
    def digest(self) -> str:
        """SHA-256 of as_json."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def reviewed(self) -> QuerySet[Round]:
        """The rounds whose verdicts count."""
        found = Round.objects.filter(dataset=self.dataset, kind=self.kind)
        return found.filter(pk__in=self.rounds) if self.rounds else found

    def scores(self) -> QuerySet[Score]:
        narrowed = {
            "version__in": self.versions,
            "split__in": self.splits,
            "comparison__turn__dialogue__language__in": self.languages,
        }
        found = Score.objects.of(self.scorer_set, self.dataset, self.kind)
        found = found.filter(**{name: values for name, values in narrowed.items() if values})
        if self.tag is None:
            return found
        having = tagged(Comparison.objects.filter(dataset=self.dataset), self.tag, only_confirmed=self.only_confirmed)
        return found.filter(comparison__in=having)

    def verdicts(self) -> QuerySet[Verdict]:
        """Opinions that people gave themselves; a manager's decision between others is none."""
        found = Verdict.objects.independent().filter(round__dataset=self.dataset, round__kind=self.kind)
        found = found.filter(Exists(self.scores().filter(comparison=OuterRef("comparison"))))
        if self.rounds:
            found = found.filter(round__in=self.rounds)
        if self.without_sight:
            found = found.filter(current__scores_seen=False)
        return found.filter(current__acceptable_is_default=False) if self.own_opinion else found


@dataclass(frozen=True)
class Material:
    """rounds: of the verdicts, id and what is needed to know how its items were chosen."""

    replies: Replies
    said: VerdictColumns
    rounds: dict[int, Queue]

    def mean(self, name: str = "accepted") -> np.ndarray:
        """What people said of each reply in the mean, shape (N,), NaN where nobody did."""
        return self.said.opinions(name).mean(len(self.replies))

    def where(self, chosen: np.ndarray) -> Material:
        """The replies that a mask of shape (N,) chooses, and what was said of them."""
        place = np.cumsum(chosen) - 1
        said = self.said.where(chosen[self.said.item])
        return Material(self.replies.at(chosen), replace(said, item=place[said.item]), self.rounds)

    def judged(self) -> Judged:
        """The replies that somebody judged."""
        accepted = self.mean()
        read = ~np.isnan(accepted)
        parts = (self.replies.similarity[read], self.replies.match_end[read], self.replies.match_cloud[read])
        return Judged(*parts, accepted[read], self.replies.dialogue[read])

    def sampling(self, parameters: Parameters) -> Sampling:
        """How likely each reply was to be read, under the parameters by which the rounds were filled."""
        final = self.replies.final(parameters)
        known = self._of_known_chance()
        regions: list[np.ndarray] = []
        for pk, chosen in self.rounds.items():
            own = known.where(known.round == pk)
            if len(own):
                regions += chosen.regions(self.replies, own, final, parameters)
        read = np.zeros(len(self.replies), dtype=bool)
        read[known.item] = True
        cells = cells_of([region for region in regions if not region.all()], len(self.replies))
        return sampled(cells, read, ~np.isnan(final))

    def population(self, parameters: Parameters, name: str = "outcome") -> Population:
        """All replies with their final scores, and what people said of those that they read.

        Where what was read cannot stand for all of them, no verdict counts; `sampling` says of how many it can.
        """
        found, final = self.sampling(parameters), self.replies.final(parameters)
        weights = found.weights if found.covered >= ALL else np.full(len(self.replies), np.nan)
        said = np.where(np.isnan(found.weights), np.nan, self.mean(name))
        is_even = found.is_even and found.covered >= ALL
        return Population(said, final, self.replies.dialogue, None if is_even else weights)

    def _of_known_chance(self) -> VerdictColumns:
        """Without gold items, and rounds whose items were chosen by something else than score and chance."""
        usable = [pk for pk, chosen in self.rounds.items() if chosen.by_score_and_chance]
        return self.said.where(
            np.isin(self.said.round, usable) & (self.said.stratum != STRATA.index(RoundItem.Stratum.GOLD))
        )


# --- reading


def material_of(chosen: Filter) -> Material:
    """All that the filter chooses."""
    replies = Replies(**columns_of(chosen.scores(), REPLIES))
    return _material(replies, columns_of(chosen.verdicts(), VERDICT_COLUMNS))


def judged_material_of(chosen: Filter) -> Material:
    """The same without the replies that nobody judged: enough where these say nothing, and quick however many."""
    columns = columns_of(chosen.verdicts(), VERDICT_COLUMNS)
    judged = np.unique(columns["comparison"])
    parts = [judged[i : i + AT_ONCE] for i in range(0, len(judged), AT_ONCE)] or [judged]
    found = (chosen.scores().filter(comparison__in=part.tolist()) for part in parts)
    return _material(Replies(**joined([columns_of(rows, REPLIES) for rows in found])), columns)


def _material(replies: Replies, columns: dict[str, np.ndarray]) -> Material:
    """columns: of VERDICT_COLUMNS, also about replies that are not there."""
    replies = replies.at(np.argsort(replies.comparison))
    of_verdict, comparison = columns.pop("verdict"), columns.pop("comparison")
    item = np.searchsorted(replies.comparison, comparison)
    known = item < len(replies)  # a score may have been stored or erased between two queries
    known[known] = replies.comparison[item[known]] == comparison[known]
    newest = _newest(comparison, columns["person"], of_verdict)
    said = VerdictColumns(item=item, **columns).where(np.intersect1d(newest, np.flatnonzero(known)))
    rounds = Round.objects.filter(pk__in=np.unique(said.round).tolist()).values_list("pk", "purpose", "selection")
    return Material(replies, said, {pk: Queue(purpose, selection) for pk, purpose, selection in rounds})


def _newest(comparison: np.ndarray, person: np.ndarray, verdict: np.ndarray) -> np.ndarray:
    """Positions of the last verdict of each person about each comparison."""
    order = np.lexsort((verdict, person, comparison))
    pairs = np.column_stack([comparison[order], person[order]])
    is_last = np.ones(len(order), dtype=bool)
    is_last[:-1] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return order[is_last]
