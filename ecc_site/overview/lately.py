"""What happened in the last days: verdicts, replies to learn, runs, and what cloud models have used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ecc_site.core.charts import as_json
from ecc_site.models import DatasetFigures
from ecc_site.overview import charts
from ecc_site.overview.figures import DAYS, last_days, total_by_day
from serving.models import CloudDay
from serving.price import cost_of
from training.models import Label, Run

SHOWN = 5
WEEK = timedelta(days=7)
COUNTED = 1000  # labels that are looked at, the newest; more of them are not counted


def lately() -> dict[str, Any]:
    """For the template; as many queries however much happened."""
    runs = Run.objects.select_related("dataset").defer("parameters", "data_report", "nearness", "learned")
    return {"pace": _pace(), "labels": _labels(), "runs": runs[:SHOWN], "cloud": _cloud()}


@dataclass(frozen=True)
class Daily:
    """Numbers by day with their sum; `chart` is None where all are 0."""

    total: int
    days: int
    chart: dict | None

    @classmethod
    def of(cls, numbers: Sequence[tuple[str, int]], title: str, colour: str) -> Daily:
        total = sum(n for _day, n in numbers)
        return cls(total, len(numbers), as_json(charts.by_day(numbers, title, colour)) if total else None)


def _pace() -> Daily:
    """Verdicts by day, of all datasets together, as they were last worked out."""
    since = timezone.now() - timedelta(days=DAYS)
    kept = DatasetFigures.objects.filter(at__gte=since).exclude(verdicts_by_day={})
    return Daily.of(total_by_day(list(kept.values_list("verdicts_by_day", flat=True))), _("verdicts"), "accent")


def _labels() -> list[tuple[str, int, bool]]:
    """By source in words, how many are new this week, and whether there are more than that."""
    newest = Label.objects.order_by("-pk").values_list("source", "created_at")[:COUNTED]
    since = timezone.now() - WEEK
    counts = Counter(source for source, at in newest if at > since)
    has_more = sum(counts.values()) == COUNTED
    return [(str(label), counts[source], has_more) for source, label in Label.Source.choices if counts[source]]


@dataclass(frozen=True)
class Cloud:
    """Calls by where they went and tokens, of the last days, and today with its budget."""

    calls: dict[str, int]
    tokens: Daily
    today: CloudDay

    @property
    def cost(self) -> str:
        """About what the tokens of these days cost; empty where no price is given."""
        return cost_of(self.tokens.total)


def _cloud() -> Cloud:
    days = last_days()
    kept = {day.day.isoformat(): day for day in CloudDay.objects.filter(day__in=days)}
    rows = list(kept.values())
    calls = {
        "outside": sum(row.calls for row in rows),
        "server": sum(row.server_calls for row in rows),
        "file": sum(row.file_calls for row in rows),
    }
    tokens = [(day, kept[day].tokens if day in kept else 0) for day in days]
    return Cloud(calls, Daily.of(tokens, _("tokens"), "cloud"), CloudDay.objects.today())
