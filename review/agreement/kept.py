"""What pages show of a round's agreement: a small round's is worked out for the page, a large one's kept by a job.

Kept figures are worked out again by a button, and by themselves where a manager opens them and they are stale: when a
twentieth of the verdicts, or after an hour any, were given or changed since.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from review.agreement.of_round import PARTS, RoundAgreement, agreement_of
from review.agreement.ratings import batch_count
from review.models import FiguresJob, Round, RoundFigures

QUICK = 1_000  # verdicts whose figures are worked out for a page
SHARE = 0.05  # of the verdicts
AGE = timedelta(hours=1)
FORMAT = TypeAdapter(RoundAgreement)


@dataclass(frozen=True)
class Shown:
    """found: None where nothing is known yet. at: when it was worked out, None where that was for this page. since:
    verdicts that were given or changed after it; has_more: there are more than these, which are not counted.
    """

    found: RoundAgreement | None
    at: datetime | None = None
    since: int = 0
    has_more: bool = False
    is_stale: bool = False


def shown_of(round_: Round) -> Shown:
    """At the cost of a few small queries, however large the round is."""
    if round_.verdict_count <= QUICK:
        return Shown(agreement_of(round_) if round_.verdict_count else None)
    kept = RoundFigures.objects.filter(round=round_).first()
    found = _read(kept.figures) if kept else None
    if kept is None or found is None:
        return Shown(None, is_stale=True)
    enough = math.ceil(SHARE * kept.verdict_count)
    later = round_.verdicts.filter(current__gt=kept.revision).order_by()
    since = later.values("pk")[: enough + 1].count()
    is_stale = since >= enough or (since > 0 and timezone.now() - kept.at > AGE)
    return Shown(found, kept.at, min(since, enough), since > enough, is_stale)


def _read(figures: Any) -> RoundAgreement | None:
    """None for what an earlier version of the site has kept in another form."""
    try:
        return FORMAT.validate_python(figures)
    except ValidationError:
        return None


def job_of(round_: Round, shown: Shown, by: User) -> FiguresJob | None:
    """The job to show beside the figures: one at work, started here if they are stale, or the last if it failed.

    One that failed or was cancelled is not started again by itself for an hour.
    """
    if round_.verdict_count <= QUICK:
        return None
    last = round_.figures_jobs.first()
    rests = last and last.can_resume and last.ended_at and timezone.now() - last.ended_at < AGE
    if shown.is_stale and not rests and not (last and last.is_active):
        last = FiguresJob.objects.enqueue_once(round=round_, created_by=by) or round_.figures_jobs.first()
    return last if last and (last.is_active or last.state == FiguresJob.State.FAILED) else None


def work_out(job: FiguresJob) -> None:
    """Work of a FiguresJob. A verdict that is written meanwhile counts as one that came later. Raises Cancelled."""
    round_ = job.round
    newest = round_.newest_revision
    job.set_total(batch_count(round_) + PARTS)
    found = agreement_of(round_, lambda steps: job.advance(done=steps))
    counted = {"revision": newest, "verdict_count": round_.verdict_count, "at": timezone.now()}
    figures = FORMAT.dump_python(found, mode="json")
    RoundFigures.objects.update_or_create(round=round_, defaults={"figures": figures, **counted})
