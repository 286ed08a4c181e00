"""When a candidate counts as assessed by a frozen set: as soon as its outcome can be told, before anybody sees it."""

from __future__ import annotations

from typing import Any

from dialogues.models import EvalSet
from serving.models import Version
from training.evaluation.models import Assessment, AssessmentJob
from training.evaluation.paired_comparison import compare


def assess(candidate: Version, champion: Version, eval_set: EvalSet) -> int | None:
    """The candidate's number on the set, given now if it has none; None while it is not measured enough.

    An arm has none: it cannot be promoted. Calling it again changes nothing.
    """
    if candidate.weights_of_id or candidate == champion or eval_set.dataset_id is None:
        return None
    paired = compare(candidate, champion, eval_set)
    if paired is None or not paired.is_enough:
        return None
    return Assessment.objects.add(candidate, champion, eval_set, paired.kind)


def assess_measured(job: AssessmentJob) -> None:
    """Work of an AssessmentJob."""
    assess(job.candidate, job.champion, job.eval_set)


def start_assessment(candidate: Version, champion: Version, eval_set: EvalSet, by: Any = None) -> AssessmentJob | None:
    """Have the candidate assessed when what is being measured now is measured; None where that is under way."""
    if candidate.weights_of_id or candidate == champion:
        return None
    return AssessmentJob.objects.enqueue_once(candidate=candidate, champion=champion, eval_set=eval_set, created_by=by)
