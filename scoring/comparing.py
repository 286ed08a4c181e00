"""Versions beside each other: only over the turns that both have answered, whatever else each has answered."""

from __future__ import annotations

from scoring.models import Profile
from scoring.querysets import ScoreQuerySet
from scoring.summary import Shared, Summary, summarise
from serving.models import Version


def summaries_of(rows: ScoreQuerySet, profile: Profile, wanted: int) -> dict[int, Summary]:
    """The summary of each version, by its id, in the order of the ids."""
    return {row["version"]: summarise(row, wanted) for row in rows.summary_by_version(profile)}


def shared_with_baseline(rows: ScoreQuerySet, profile: Profile, found: dict[int, Summary]) -> list[Shared]:
    """Every other version beside the champion; beside the version with most scores where the champion has none."""
    if len(found) < 2:
        return []
    champion = Version.objects.champion()
    baseline = champion.pk if champion and champion.pk in found else max(found, key=lambda pk: found[pk].known)
    return [_shared(rows, profile, pk, baseline) for pk in found if pk != baseline and found[pk].known]


def _shared(rows: ScoreQuerySet, profile: Profile, version: int, baseline: int) -> Shared:
    mine, theirs = rows.filter(version=version), rows.filter(version=baseline)
    return Shared(_summary(mine.shared_with(theirs), profile), _summary(theirs.shared_with(mine), profile))


def _summary(rows: ScoreQuerySet, profile: Profile) -> Summary:
    row = next(iter(rows.summary_by_version(profile)), None)
    return summarise(row, row["known"]) if row else Summary("", 0, 0, None, None, None, 0, 0)
