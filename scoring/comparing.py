"""Versions of a dataset beside each other, each over all that it has, and two of them over what both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogues.models import Dataset, Turn
from scoring.figures.columns import LANGUAGES, SPLITS, Columns
from scoring.figures.kept import KEPT
from scoring.figures.paired import Paired, pair
from scoring.figures.selection import Scored, Selection
from scoring.models import Profile, ScorerSet
from scoring.summary import Summary
from serving.models import Version


def select(
    scorer_set: ScorerSet, dataset: Dataset, kind: str, *, version: Version | None = None, **filters: Any
) -> Selection:
    """The scores that may be averaged together: one scorer set, one dataset, one kind of reference.

    `filters` narrow them: split, language, since and until (dates, both included), turns (an array of ids); what is
    None or empty text does not.
    """
    selection = KEPT.of(scorer_set, dataset, kind)
    columns = selection.columns
    tests = [columns.versions == version.pk] if version else []
    tests += [_test(columns, name, value) for name, value in filters.items() if _narrows(value)]
    return selection.part(np.flatnonzero(np.logical_and.reduce(tests))) if tests else selection


def _narrows(value: Any) -> bool:
    return isinstance(value, np.ndarray) or bool(value)


def _test(columns: Columns, name: str, value: Any) -> np.ndarray:
    match name:
        case "split":
            return columns.splits == SPLITS[value]
        case "language":
            return columns.languages == LANGUAGES[value]
        case "since":
            return columns.days >= np.datetime64(value)
        case "until":
            return columns.days <= np.datetime64(value)
        case "turns":
            return np.isin(columns.turns, value)
    raise ValueError(f"scores cannot be narrowed by {name!r}")


def summaries_of(selection: Selection, scored: Scored, wanted: int | None, profile: Profile) -> dict[int, Summary]:
    """The summary of each version that has scores, by its id, in the order of the ids; scored under the profile."""
    names, found = Version.objects.in_bulk([row.version for row in scored.versions]), {}
    for row, rows in zip(scored.versions, selection.groups.stretches, strict=True):
        turns = _distinct(selection.columns.turns[rows][~np.isnan(scored.final[rows])])
        found[row.version] = Summary.of(row, names[row.version].name, wanted, turns, str(profile))
    return found


def _distinct(ids: np.ndarray) -> int:
    """How many different ones; np.unique, which hashes them, takes ten times as long."""
    return int(np.count_nonzero(np.diff(np.sort(ids), prepend=-1)))


def held_out_summaries(dataset: Dataset, kind: str) -> dict[int, Summary]:
    """Of the test split by the current scorer set, under the active profile; empty before anything was scored."""
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None:
        return {}
    profile = Profile.objects.active_for(dataset, scorer_set)
    selection = select(scorer_set, dataset, kind, split="test")
    scored = selection.under(profile.parameters)
    return summaries_of(selection, scored, Turn.objects.wanted_in(dataset, "test"), profile)


@dataclass(frozen=True)
class NamedPair:
    """A version beside the baseline, over what both have."""

    name: str
    baseline: str
    figures: Paired


def beside_baseline(selection: Selection, final: np.ndarray, found: dict[int, Summary]) -> list[NamedPair]:
    """Every other version beside the champion; beside the version with most scores where the champion has none."""
    if len(found) < 2:
        return []
    champion = Version.objects.champion()
    baseline = champion.pk if champion and champion.pk in found else max(found, key=lambda pk: found[pk].known)
    others = [pk for pk in found if pk != baseline and found[pk].known]
    name = found[baseline].name
    return [NamedPair(found[pk].name, name, pair(selection, final, pk, baseline)) for pk in others]
