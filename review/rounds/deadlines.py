"""Deadlines of rounds: when one will be done at its pace, and those that close when their last day is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from review.models import Round
from review.models.rounds import shop_day
from review.rounds.changing import set_open

SHORTEST = timedelta(hours=1)  # after the first verdict, before a pace can be told
FARTHEST = timedelta(days=3650)


@dataclass(frozen=True)
class Forecast:
    """done_on: the day on which the last verdict is given, if it goes on so; late: days after the deadline."""

    done_on: date
    late: int | None

    @property
    def early(self) -> int:
        return -self.late if self.late and self.late < 0 else 0


def forecast_of(round_: Round, started_at: datetime | None, now: datetime) -> Forecast | None:
    """By how much was given since the first verdict; None for what is done, has just begun or would take ten years."""
    left = round_.wanted_count - round_.verdict_count
    if started_at is None or now - started_at < SHORTEST or round_.verdict_count <= 0 or left <= 0:
        return None
    seconds = (now - started_at).total_seconds() * left / round_.verdict_count
    if seconds > FARTHEST.total_seconds():
        return None
    done_on = timezone.localdate(now + timedelta(seconds=seconds), timezone.get_default_timezone())
    return Forecast(done_on, (done_on - round_.deadline).days if round_.deadline else None)


def close_due() -> int:
    """Close the open rounds that close at their deadline and whose last day is over; returns how many."""
    due = list(Round.objects.open().filter(closes_at_deadline=True, deadline__lt=shop_day()).select_related("dataset"))
    for round_ in due:
        set_open(round_, False, None)
    return len(due)
