"""What is nearest to the question of a score: a worker finds it, which has the models, and the page shows it by ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.auth.models import User

from ecc_site.core.jobs import JobError
from ecc_site.models import NearestJob
from knowledge.models import Entry
from knowledge.near import encoder, entries_near
from knowledge.retrieval.items import Question
from knowledge.scorers import MemoryUnavailable
from review.accepted import AcceptedReply, accepted_in, accepted_near
from scoring.models import Score
from training.models import Run
from training.versions.learned_near import LearnedReply, learned_at, learned_near, run_behind

SHOWN = 3  # of each kind


class Near(NamedTuple):
    row: Any
    similarity: float


@dataclass(frozen=True)
class Nearest:
    """job: the newest of the score, None where nobody has looked yet. Counts: among how many was looked."""

    job: NearestJob | None
    run: Run | None = None
    accepted: Sequence[Near] = ()
    entries: Sequence[Near] = ()
    learned: Sequence[Near] = ()
    counts: dict[str, int] = field(default_factory=dict)


def find_nearest(job: NearestJob) -> None:
    """Work of a NearestJob. Raises JobError where the scorer or the memory cannot be read, Cancelled and Superseded."""
    score = Score.objects.select_related("comparison__turn", "version").get(pk=job.score_id)
    turn, by = score.comparison.turn, score.version
    job.set_total(3)
    found: dict[str, dict[str, Any]] = {}
    try:
        reads = encoder()
        lookups = {
            "entries": lambda: entries_near(Question(turn.text, turn.question_before), SHOWN),
            "accepted": lambda: accepted_near(turn, reads, SHOWN),
            "learned": lambda: learned_near(by, turn, reads, SHOWN),
        }
        for kind, look in lookups.items():
            near, count = look()
            found[kind] = {"near": [[pk, round(similarity, 4)] for pk, similarity in near], "of": count}
            job.write(found=found)
            job.advance(done=1)
    except MemoryUnavailable as problem:
        raise JobError(str(problem)) from problem


def look_for(score: Score, by: User) -> NearestJob | None:
    """A new look, instead of earlier ones; None where one is at work."""
    NearestJob.objects.filter(score=score, state__in=["done", "failed", "cancelled"]).delete()
    return NearestJob.objects.enqueue_once(score=score, created_by=by)


def nearest_of(score: Score) -> Nearest:
    """What the newest look has found, without what is gone since; in at most seven queries."""
    job = NearestJob.objects.filter(score=score).first()
    run = run_behind(score.version)
    if job is None or job.state != NearestJob.State.DONE:
        return Nearest(job, run)
    accepted: dict[int, AcceptedReply] = accepted_in(_ids(job, "accepted"))
    entries = Entry.objects.in_use().prefetch_related("wordings").in_bulk(_ids(job, "entries"))
    learned: dict[int, LearnedReply] = learned_at(run, _ids(job, "learned")) if run else {}
    return Nearest(
        job,
        run,
        _rows(job, "accepted", accepted),
        _rows(job, "entries", entries),
        _rows(job, "learned", learned),
        {kind: found["of"] for kind, found in job.found.items()},
    )


def _ids(job: NearestJob, kind: str) -> list[int]:
    return [pk for pk, _similarity in job.found.get(kind, {}).get("near", ())]


def _rows(job: NearestJob, kind: str, rows: dict[int, Any]) -> list[Near]:
    near = job.found.get(kind, {}).get("near", ())
    return [Near(rows[pk], similarity) for pk, similarity in near if pk in rows]
