"""Which turns a labelling job asks about."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from dialogues.held_out import TEACHABLE
from dialogues.models import Turn
from ecc_site.core.contains import contains
from ecc_site.core.jobs import JobError
from review.models import Verdict
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from training.labels.models import Label, LabelJob
from training.labels.prompt import prompt_name


def missing_turns(job: LabelJob) -> QuerySet[Turn]:
    """The turns of the selection that have no label by this teacher and prompt, in the order of their ids."""
    labels = Label.objects.filter(turn=OuterRef("pk"), source=Label.Source.TEACHER, teacher=job.teacher)
    labels = labels.filter(prompt_version=prompt_of(job))
    turns = Turn.objects.open_in(job.dataset).filter(~Exists(labels), dialogue__split__in=TEACHABLE)
    select = SELECTIONS[LabelJob.Selection(job.selection)]
    return _filtered(select(turns, job), job)


def prompt_of(job: LabelJob) -> str:
    """The name of the job's prompt, as its labels store it."""
    return prompt_name(job.example_count, job.nearest_count)


def _filtered(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    """What the job's filter leaves of a selection."""
    conditions = {"dialogue__split": job.split, "dialogue__language": job.language}
    turns = turns.filter(**{name: value for name, value in conditions.items() if value})
    if text := job.contains.strip():
        turns = turns.filter(contains("text", text))
    return turns if job.below is None else _scored_below(turns, job, job.below)


def _low(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    """Below the threshold of the active profile: the paper's “dissatisfies the user”."""
    return _scored_below(turns, job)


def _scored_below(turns: QuerySet[Turn], job: LabelJob, bound: float | None = None) -> QuerySet[Turn]:
    """Where the champion's answer has a final score below `bound`; None stands for the active profile's threshold."""
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None:
        raise JobError(_("No scores yet, so no answer is known to be below the threshold."))
    if bound is None:
        bound = Profile.objects.active_for(job.dataset, scorer_set).threshold
    scores = Score.objects.filter(scorer_set=scorer_set, dataset=job.dataset, version=Version.objects.champion())
    return turns.filter(Exists(scores.filter(comparison__turn=OuterRef("pk"), final__lt=bound)))


def _rejected(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    """Where people found the end answer unacceptable, in one round if the job names it."""
    verdicts = Verdict.objects.active().filter(round__dataset=job.dataset, current__end_acceptable=False)
    if job.round_id:
        verdicts = verdicts.filter(round=job.round_id)
    return turns.filter(Exists(verdicts.filter(comparison__turn=OuterRef("pk"))))


SELECTIONS: dict[LabelJob.Selection, Callable[[QuerySet[Turn], LabelJob], QuerySet[Turn]]] = {
    LabelJob.Selection.ALL: lambda turns, job: turns,
    LabelJob.Selection.LOW: _low,
    LabelJob.Selection.REJECTED: _rejected,
}
