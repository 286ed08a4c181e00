"""The counters that a round and its annotators keep, so that no page has to count verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from review.models import Participation, Round

QUICK_S = 1.0  # a verdict that took less is counted as a quick one


@dataclass
class Count:
    """By how much the counters change."""

    own: int = 0  # verdicts that the annotator gave
    copies: int = 0  # verdicts that followed them
    quick: int = 0  # of their own those that took less than a second

    def add(self, other: Count) -> None:
        self.own += other.own
        self.copies += other.copies
        self.quick += other.quick


@contextmanager
def counting(round_: Round, annotator: User) -> Iterator[Count]:
    """Write what was counted inside, at the end of the transaction: whoever else writes waits for these rows."""
    count = Count()
    yield count
    if not (count.own or count.copies):
        return
    Round.objects.filter(pk=round_.pk).update(verdict_count=F("verdict_count") + count.own + count.copies)
    round_.verdict_count += count.own + count.copies
    own = Participation.objects.filter(round=round_, annotator=annotator)
    now = timezone.now()
    changes = {"verdict_count": F("verdict_count") + count.own, "quick_count": F("quick_count") + count.quick}
    if not own.update(**changes, last_at=now):  # the first, which another tab may send at the same moment
        own.get_or_create(round=round_, annotator=annotator, defaults={"last_at": now})
        own.update(**changes)
