"""The list of datasets: how good the answers in each are, how much is answered and reviewed, and when that was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery

from dialogues.models import Dataset, Dialogue
from dialogues.querysets import DatasetQuerySet
from ecc_site.core.keyset import Page, keyset_page
from review.models import Participation
from scoring.models import Score
from serving.models import Version

SHOWN = 50


@dataclass(frozen=True)
class Row:
    """mean: of the version that answers customers, as an Estimate is kept; None where nothing is known of it."""

    dataset: Dataset
    mean: dict[str, Any] | None
    reviewed_share: float | None
    last_at: datetime


def page_of_datasets(champion: Version | None, cursor: str) -> Page:
    """Rows, the newest dataset first; as many queries however many there are."""
    page = keyset_page(_listed(), ("-id",), cursor, SHOWN)
    answers = str(champion.pk) if champion else ""
    return Page([_row(dataset, answers) for dataset in page.rows], page.next_cursor)


def _listed() -> DatasetQuerySet:
    scores = Score.objects.filter(dataset=OuterRef("pk")).order_by("-pk").values("created_at")
    dialogues = Dialogue.objects.filter(dataset=OuterRef("pk"))
    given = Participation.objects.filter(round__dataset=OuterRef("pk")).order_by().values("round__dataset")
    return Dataset.objects.prefetch_related("coverages__version").annotate(
        scored=F("overview_figures__figures__by_score__scored"),
        reviewed=F("overview_figures__figures__by_people__turns"),
        scored_at=Subquery(scores[:1]),
        filled_at=Subquery(dialogues.order_by("-created_at").values("created_at")[:1]),
        reviewed_at=Subquery(given.annotate(last=Max("last_at")).values("last")),
    )


def _row(dataset: Any, champion: str) -> Row:
    """champion: its id, as the kept figures have it."""
    moments = (dataset.created_at, dataset.scored_at, dataset.filled_at, dataset.reviewed_at)
    known = dataset.reviewed is not None and dataset.open_turn_count > 0
    share = min(1.0, dataset.reviewed / dataset.open_turn_count) if known else None
    mean = (dataset.scored or {}).get(champion, {}).get("mean")
    return Row(dataset, mean, share, max(moment for moment in moments if moment))
