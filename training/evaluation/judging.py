"""When a candidate counts as judged by a frozen set: as soon as its outcome can be told, before anybody sees it."""

from __future__ import annotations

from typing import Any

from dialogues.models import EvalSet
from serving.models import Version
from training.evaluation.models import JudgedCandidate, JudgeJob
from training.evaluation.paired_comparison import compare


def judge(candidate: Version, champion: Version, eval_set: EvalSet) -> int | None:
    """The candidate's number on the set, given now if it has none; None while it is not measured enough.

    An arm has none: it cannot be promoted. Calling it again changes nothing.
    """
    if candidate.weights_of_id or candidate == champion or eval_set.dataset_id is None:
        return None
    paired = compare(candidate, champion, eval_set)
    if paired is None or not paired.is_enough:
        return None
    return JudgedCandidate.objects.add(candidate, champion, eval_set, paired.kind)


def judge_measured(job: JudgeJob) -> None:
    """Work of a JudgeJob."""
    judge(job.candidate, job.champion, job.eval_set)


def start_judging(candidate: Version, champion: Version, eval_set: EvalSet, by: Any = None) -> JudgeJob | None:
    """Have the candidate judged when what is being measured now is measured; None where that is under way."""
    if candidate.weights_of_id or candidate == champion:
        return None
    return JudgeJob.objects.enqueue_once(candidate=candidate, champion=champion, eval_set=eval_set, created_by=by)
