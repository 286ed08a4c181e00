"""What pages show of a round's agreement: a small round's is worked out for the page, a large one's kept by a job."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from review.agreement.of_round import PARTS, RoundAgreement, agreement_of
from review.agreement.ratings import batch_count
from review.kept_figures import Shown, job_beside, kept_figures
from review.models import FiguresJob, Round, RoundFigures

QUICK = 1_000  # verdicts whose figures are worked out for a page
FORMAT = TypeAdapter(RoundAgreement)


def shown_of(round_: Round) -> Shown[RoundAgreement]:
    """At the cost of a few small queries, however large the round is."""
    if round_.verdict_count <= QUICK:
        return Shown(agreement_of(round_) if round_.verdict_count else None)
    kept = RoundFigures.objects.filter(round=round_).first()
    found = _read(kept.figures) if kept else None
    if kept is None or found is None:
        return Shown(None, is_stale=True)
    return kept_figures(found, kept.at, kept.verdict_count, round_.verdicts.filter(current__gt=kept.revision))


def _read(figures: Any) -> RoundAgreement | None:
    """None for what an earlier version of the site has kept in another form."""
    try:
        return FORMAT.validate_python(figures)
    except ValidationError:
        return None


def job_of(round_: Round, shown: Shown[RoundAgreement], by: User) -> FiguresJob | None:
    """The job to show beside the figures."""
    if round_.verdict_count <= QUICK:
        return None
    return job_beside(round_.figures_jobs.all(), shown.is_stale, round=round_, created_by=by)


def work_out(job: FiguresJob) -> None:
    """Work of a FiguresJob. A verdict that is written meanwhile counts as one that came later. Raises Cancelled."""
    round_ = job.round
    newest = round_.newest_revision
    job.set_total(batch_count(round_) + PARTS)
    found = agreement_of(round_, lambda steps: job.advance(done=steps))
    counted = {"revision": newest, "verdict_count": round_.verdict_count, "at": timezone.now()}
    figures = FORMAT.dump_python(found, mode="json")
    RoundFigures.objects.update_or_create(round=round_, defaults={"figures": figures, **counted})
