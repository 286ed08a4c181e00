"""What the overview shows of a dataset, worked out from all its scores and verdicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from dialogues.models import Comparison, Dataset
from ecc_site.overview.candidate import waiting_candidate
from ecc_site.overview.people import Reviewed, reviewed, verdicts_on
from review.agreement.measures.estimates import Estimate
from review.agreement.measures.wilson import share_of
from review.models.rounds import shop_day
from scoring.figures.columns import SPLITS
from scoring.figures.kept import KEPT
from scoring.figures.over_time import OverTime, Period, by_period, over_time
from scoring.figures.selection import Selection
from scoring.models import Profile, Score, ScorerSet
from scoring.parameters import Parameters
from serving.models import Version

DAYS = 30  # of the pace of the review
LINES = 5  # versions of a chart: the one that answers customers, then the newest
HALF = 0.5  # of the people who reviewed an answer; from there on it is accepted


@dataclass(frozen=True)
class ScoredVersion:
    """Of test dialogues where any is scored, else of all."""

    mean: Estimate
    acceptable: Estimate  # share from the threshold on
    is_held_out: bool


@dataclass(frozen=True)
class ByScore:
    """By the ids of versions; empty where nothing is scored by the current scorers.

    kind: of the references, one of Comparison.SAMPLED; that of the newest score.
    """

    kind: str = ""
    scored: dict[int, ScoredVersion] = field(default_factory=dict)
    over_time: OverTime = field(default_factory=lambda: OverTime(Period.WEEK, []))


@dataclass(frozen=True)
class ByPeople:
    """By the ids of versions; empty where nobody has reviewed anything."""

    accepted: dict[int, Estimate] = field(default_factory=dict)  # share of the answers
    is_drawn: bool = False  # these answers were drawn at random
    over_time: OverTime = field(default_factory=lambda: OverTime(Period.WEEK, []))
    turns: int = 0  # that were reviewed, drawn or not


@dataclass(frozen=True)
class Figures:
    """candidate: id of the version that waits; outcome: of its gate."""

    by_score: ByScore = field(default_factory=ByScore)
    by_people: ByPeople = field(default_factory=ByPeople)
    candidate: int | None = None
    outcome: str = ""


def figures_of(dataset: Dataset) -> Figures:
    """Reads all scores and verdicts that this process has not read before."""
    champion = Version.objects.champion()
    shown = champion.pk if champion else 0
    by_score, by_people = _by_score(dataset, shown), _by_people(reviewed(dataset), shown)
    candidate = waiting_candidate(champion)
    if candidate is None:
        return Figures(by_score, by_people)
    return Figures(by_score, by_people, candidate.version.pk, candidate.outcome())


def verdicts_by_day(dataset: Dataset) -> dict[str, int]:
    """How many verdicts were given or changed on each of the last days, in the time zone of the shop."""
    since = timezone.now() - timedelta(days=DAYS)
    zone = timezone.get_default_timezone()
    given = verdicts_on(dataset).filter(current__created_at__gte=since)
    days = given.annotate(day=TruncDate("current__created_at", tzinfo=zone)).order_by().values("day")
    return {row["day"].isoformat(): row["n"] for row in days.annotate(n=Count("pk"))}


def last_days() -> list[str]:
    """Today where the shop is, and the days before it, the earliest first."""
    return [(shop_day() - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _by_score(dataset: Dataset, champion: int) -> ByScore:
    scorer_set = ScorerSet.objects.current()
    scores = Score.objects.filter(scorer_set=scorer_set, dataset=dataset, kind__in=Comparison.SAMPLED)
    newest = scores.order_by("-pk").first()
    if scorer_set is None or newest is None:
        return ByScore()
    parameters = Profile.objects.active_for(dataset, scorer_set).parameters
    selection = KEPT.of(scorer_set, dataset, newest.kind)
    found = over_time(selection, selection.under(parameters))
    return ByScore(newest.kind, _scored(selection, parameters), _shown(found, champion))


def _scored(selection: Selection, parameters: Parameters) -> dict[int, ScoredVersion]:
    held_out = selection.part(np.flatnonzero(selection.columns.splits == SPLITS["test"]))
    of_all = _of_each(selection, parameters, is_held_out=False)
    return of_all | _of_each(held_out, parameters, is_held_out=True)


def _of_each(selection: Selection, parameters: Parameters, *, is_held_out: bool) -> dict[int, ScoredVersion]:
    scored, dialogues = selection.under(parameters), selection.columns.dialogues
    found = {}
    for figures, rows in zip(scored.versions, selection.groups.stretches, strict=True):
        if figures.known:
            final = scored.final[rows]
            is_known = ~np.isnan(final)
            passed = (final[is_known] >= parameters.threshold).astype(float)
            acceptable = share_of(passed, dialogues[rows][is_known])
            mean = Estimate(figures.mean, figures.low, figures.high, figures.known)
            found[figures.version] = ScoredVersion(mean, acceptable, is_held_out)
    return found


def _by_people(said: Reviewed, champion: int) -> ByPeople:
    counted = said.representative
    found = by_period(counted.versions, counted.dialogues, counted.days, counted.accepted, HALF)
    accepted = {}
    for version in np.unique(counted.versions):
        rows = counted.versions == version
        accepted[int(version)] = share_of(counted.accepted[rows], counted.dialogues[rows])
    is_drawn = len(counted) > 0 and bool(counted.drawn.all())
    return ByPeople(accepted, is_drawn, _shown(found, champion), len(np.unique(said.turns)))


def _shown(found: OverTime, champion: int) -> OverTime:
    """Without the versions that a chart has no room for."""
    ids = sorted({row.version for row in found.rows if row.known}, key=lambda pk: (pk == champion, pk))[-LINES:]
    return OverTime(found.period, [row for row in found.rows if row.version in ids])


def total_by_day(kept: list[dict[str, int]]) -> list[tuple[str, int]]:
    """Of several datasets together: each of the last days with its number."""
    total: Counter[str] = Counter()
    for by_day in kept:
        total.update(by_day)
    return [(day, total[day]) for day in last_days()]
