"""Why a round has nothing left for an annotator, in facts: a plain “all done” would often be false."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from review.models import Assignment, Round, Skip

NAMED = 5  # of the leases that are named


@dataclass(frozen=True)
class NothingLeft:
    is_done: bool  # the round has all verdicts that it wants
    leased: list[Assignment]  # what others are at work on, those whose time ends first
    more_leased: bool
    is_capped: bool  # something is free, but the annotator has reviewed it already
    skipped: int  # dialogues that the annotator gave back

    @classmethod
    def of(cls, round_: Round, annotator: User) -> NothingLeft:
        open_ = Assignment.objects.filter(round=round_)
        others = open_.filter(state="taken", leased_until__gte=timezone.now()).exclude(annotator=annotator)
        leased = list(others.select_related("annotator").order_by("leased_until", "id")[: NAMED + 1])
        return cls(
            is_done=round_.verdict_count >= round_.wanted_count,
            leased=leased[:NAMED],
            more_leased=len(leased) > NAMED,
            is_capped=open_.filter(state="free").exists(),
            skipped=Skip.objects.filter(round=round_, annotator=annotator).count(),
        )
