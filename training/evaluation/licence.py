"""Whether the scorer of a comparison may speak for people, as calibration has last worked it out and kept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from dialogues.models import EvalSet
from ecc_site.core.language import Language
from review.calibration.estimating.licence import Outcome
from review.calibration.kept import found_of
from review.calibration.material import Filter
from scoring.models import Profile

LEAST_SHARE = 0.05  # of a set's pairs: a few in another language do not decide


@dataclass(frozen=True)
class ScorerLicence:
    """outcomes: by the code of each language of the set that is more than a few of its pairs; at: when the licence was
    worked out, None where it never was.
    """

    outcomes: Mapping[str, str]
    at: datetime | None

    @property
    def outcome(self) -> str:
        """unknown | failed (in one language or more) | passed (in all) | too few"""
        if self.at is None:
            return "unknown"
        found = set(self.outcomes.values())
        if Outcome.FAILED in found:
            return "failed"
        return "passed" if found == {Outcome.PASSED} else "too few"

    @property
    def failed_in(self) -> list[str]:
        """Names of the languages."""
        return [str(Language(code).label) for code, outcome in self.outcomes.items() if outcome == Outcome.FAILED]


def licence_filter(profile: Profile, kind: str) -> Filter:
    """Under which the licence is kept: all that people said of the dataset with this kind of reference."""
    return Filter(profile.dataset, profile.scorer_set, kind)


def licence_on(eval_set: EvalSet, profile: Profile, kind: str) -> ScorerLicence:
    """In three small queries. One that is stale holds until it is worked out again."""
    kept = found_of(licence_filter(profile, kind), "licence")
    outcomes, at = (kept[0].outcomes, kept[1]) if kept else ({}, None)
    return ScorerLicence({code: outcomes.get(code, Outcome.TOO_FEW.value) for code in _languages_of(eval_set)}, at)


def _languages_of(eval_set: EvalSet) -> list[str]:
    """Codes of the languages of its pairs, without those of a few."""
    rows = eval_set.items.order_by().values("turn__dialogue__language").annotate(count=Count("pk"))
    counts = {row["turn__dialogue__language"]: row["count"] for row in rows}
    return [code for code, count in counts.items() if count >= LEAST_SHARE * sum(counts.values())]
