"""Figures of datasets that are kept: a small dataset's are worked out for the page, a large one's by a worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from dialogues.models import Comparison, Dataset
from ecc_site.models import DatasetFigures
from ecc_site.overview.figures import Figures, figures_of, verdicts_by_day
from ecc_site.overview.stamps import site_stamp, stamp_of, with_stamps
from review.models import Round
from scoring.models import Score

QUICK_SCORES, QUICK_VERDICTS = 5_000, 2_000  # up to so many are read for a page
RESTS = 20  # times as long as it took: then a worker may begin again, which leaves it for other work
AT_A_TIME_S = 45.0  # for one call of the schedule
FORMAT = TypeAdapter(Figures)


@dataclass(frozen=True)
class Shown:
    """found: None where nothing is known yet. at: when it was worked out. is_stale: something has changed since."""

    found: Figures | None
    at: datetime | None = None
    is_stale: bool = False


def shown_of(dataset: Dataset) -> Shown:
    """What is known of it, at the cost of a few small queries, however large it is."""
    dataset = with_stamps(Dataset.objects.all()).get(pk=dataset.pk)
    site = site_stamp()
    row = DatasetFigures.objects.filter(dataset=dataset).first()
    found = read(row) if row else None
    if row and found and row.stamp == stamp_of(dataset, site):
        return Shown(found, row.at)
    if _is_quick(dataset):
        row = work_out(dataset, site)
        return Shown(read(row), row.at)
    return Shown(found, row.at if row else None, is_stale=True)


def read(row: DatasetFigures) -> Figures | None:
    """None for what an earlier version of the site has kept in another form, or of scores beside corrections."""
    try:
        found = FORMAT.validate_python(row.figures)
    except ValidationError:
        return None
    return found if found.by_score.kind in ("", *Comparison.SAMPLED) else None


def work_out(dataset: Dataset, site: str) -> DatasetFigures:
    """Of a dataset of with_stamps. What is written meanwhile makes the stamp another one."""
    began = time.perf_counter()
    values = {
        "figures": FORMAT.dump_python(figures_of(dataset), mode="json"),
        "verdicts_by_day": verdicts_by_day(dataset),
        "stamp": stamp_of(dataset, site),
        "at": timezone.now(),
    }
    row, _ = DatasetFigures.objects.update_or_create(
        dataset=dataset, defaults=values | {"took_s": time.perf_counter() - began}
    )
    return row


def refresh() -> int:
    """Work out what is stale, and have had its rest, as far as the time goes; returns how many datasets that were."""
    site, until, count = site_stamp(), time.monotonic() + AT_A_TIME_S, 0
    longest_ago = F("overview_figures__at").asc(nulls_first=True)
    for dataset in with_stamps(Dataset.objects.select_related("overview_figures")).order_by(longest_ago, "-pk"):
        if time.monotonic() > until:
            break
        if _is_due(dataset, stamp_of(dataset, site)):
            work_out(dataset, site)
            count += 1
    return count


def _is_due(dataset: Dataset, stamp: str) -> bool:
    row = getattr(dataset, "overview_figures", None)
    if row is None or read(row) is None:
        return True
    return row.stamp != stamp and timezone.now() > row.at + timedelta(seconds=RESTS * row.took_s)


def _is_quick(dataset: Dataset) -> bool:
    many = Score.objects.filter(dataset=dataset).order_by("pk")[QUICK_SCORES : QUICK_SCORES + 1]
    verdicts = sum(Round.objects.filter(dataset=dataset).values_list("verdict_count", flat=True))
    return verdicts <= QUICK_VERDICTS and not many.values("pk")
