"""Has a version answer the turns of a frozen set, pairs its answers with the references, and scores the pairs."""

from __future__ import annotations

from dialogues.answering import answer_dataset, chunks_of_ids, missing_turns
from dialogues.models import AnswerJob, Comparison, EvalSet, Turn
from ecc_site.core.job_parts import Doing
from ecc_site.core.jobs import Job
from scoring.models import ScoreJob
from scoring.querysets import unscored
from serving.models import Version
from training.evaluation.scores import datasets_of

CHUNK = 500  # turns


def start_evaluation(version: Version, eval_set: EvalSet, by=None) -> list[Job]:
    """Queue what is missing: answers to the set's turns, then their scores. Returns the new jobs.

    Calling it again changes nothing: nothing is answered or scored twice, and a waiting job is not doubled.
    """
    pair_with_references(eval_set)
    jobs: list[Job | None] = []
    for dataset in datasets_of(eval_set):
        if missing_turns(dataset, version, eval_set).exists():
            jobs.append(
                AnswerJob.objects.enqueue_once(dataset=dataset, version=version, eval_set=eval_set, created_by=by)
            )
        jobs.append(ScoreJob.objects.ask(dataset=dataset, created_by=by))
    return [job for job in jobs if job]


def evaluate(version: Version, eval_set: EvalSet, *, do: Doing) -> None:
    """Answer and score in this process. A second call finds nothing to do. Raises as `do` does."""
    from scoring.loading import configured_set
    from scoring.running import score_dataset

    for dataset in datasets_of(eval_set):
        if missing_turns(dataset, version, eval_set).exists():
            do(AnswerJob, answer_dataset, dataset=dataset, version=version, eval_set=eval_set)
        pair_with_references(eval_set)
        scorer_set = configured_set()
        if unscored(dataset.comparisons.all(), scorer_set).exists():
            do(ScoreJob, score_dataset, dataset=dataset)
        else:
            scorer_set.use()


def pair_with_references(eval_set: EvalSet) -> None:
    """Compare answers with references of the set that are newer than they are."""
    for ids in chunks_of_ids(Turn.objects.of_eval_set(eval_set).order_by("id"), CHUNK):
        Comparison.objects.pair(ids)
