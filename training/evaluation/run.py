"""Lets a version answer the turns of a frozen set, puts its answers beside the references, and scores them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from dialogues.answering import answer_dataset, chunks_of_ids, missing_turns
from dialogues.models import AnswerJob, Comparison, Dataset, EvalItem, EvalSet, Turn
from dialogues.querysets import KINDS
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.jobs import Job
from scoring.models import Score, ScoreJob
from scoring.querysets import unscored
from serving.models import Version
from serving.runtimes.protocol import EVALUATION

CHUNK = 500


def start_evaluation(version: Version, eval_set: EvalSet, by=None) -> list[Job]:
    """Queue what is still to be done: the answers to the set's turns, then the scores. Returns the new jobs.

    Calling it again changes nothing: nothing is answered or scored twice, and a waiting job is not doubled.
    """
    pair(eval_set)
    jobs = []
    for dataset in datasets_of(eval_set):
        values = {"dataset": dataset, "created_by": by}
        if missing_turns(dataset, version, eval_set).exists():
            jobs.append(AnswerJob.objects.enqueue_once(version=version, eval_set=eval_set, **values))
        jobs.append(ScoreJob.objects.ask(**values))
    return [job for job in jobs if job]


def evaluate(version: Version, eval_set: EvalSet, *, show: bool = False) -> None:
    """The same in this process. Raises CommandError where a job fails; a second call finds nothing to do."""
    from scoring.loading import configured_set
    from scoring.running import score_dataset

    for dataset in datasets_of(eval_set):
        if missing_turns(dataset, version, eval_set).exists():
            job = create_or_refuse(AnswerJob, dataset=dataset, version=version, eval_set=eval_set)
            run_here(job, answer_dataset, show=show)
        pair(eval_set)
        if unscored(dataset.comparisons.all(), configured_set()).exists():
            run_here(create_or_refuse(ScoreJob, dataset=dataset), score_dataset, show=show)


def pair(eval_set: EvalSet) -> None:
    """Put answers that were given before a reference was there beside it."""
    for ids in chunks_of_ids(Turn.objects.of_eval_set(eval_set).order_by("id"), CHUNK):
        Comparison.objects.pair(ids)


def datasets_of(eval_set: EvalSet) -> QuerySet[Dataset]:
    return Dataset.objects.filter(pk__in=eval_set.items.values("turn__dialogue__dataset")).order_by("id")


def kinds_of(eval_set: EvalSet) -> dict[str, int]:
    """Kind of reference: how many items of the set have one, the most frequent first."""
    counts: dict[str, int] = {}
    for source in eval_set.items.values_list("reference__source", flat=True):
        counts[KINDS[source]] = counts.get(KINDS[source], 0) + 1
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def scores_of(eval_set: EvalSet, versions, scorer_set, kind: str) -> QuerySet[Score]:
    """Scores of the set's (turn, reference) pairs by these versions, for answers as evaluations decode them."""
    items = EvalItem.objects.filter(
        eval_set=eval_set, turn=OuterRef("comparison__turn"), reference=OuterRef("comparison__reference")
    )
    mine = Score.objects.filter(scorer_set=scorer_set, version__in=versions, kind=kind)
    return mine.filter(Exists(items), comparison__end__settings_hash=EVALUATION.digest)
