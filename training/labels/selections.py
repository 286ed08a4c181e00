"""Which turns a labelling job asks about."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from dialogues.models import Turn
from ecc_site.core.jobs import JobError
from review.models import Verdict
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from training.labels.models import Label, LabelJob
from training.labels.prompt import prompt_name

TEACHABLE = ("train", "dev")


def missing_turns(job: LabelJob) -> QuerySet[Turn]:
    """The turns of the selection that have no label by this teacher and prompt, in the order of their ids."""
    own = Label.objects.filter(turn=OuterRef("pk"), source=Label.Source.TEACHER, teacher=job.teacher)
    own = own.filter(prompt_version=prompt_of(job))
    turns = Turn.objects.open_in(job.dataset).filter(~Exists(own), dialogue__split__in=TEACHABLE)
    return _narrowed(SELECTIONS[job.selection](turns, job), job)


def prompt_of(job: LabelJob) -> str:
    return prompt_name(job.example_count, job.nearest_count)


def _narrowed(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    """What the job's filter leaves of a selection."""
    chosen = {
        "dialogue__split": job.split,
        "dialogue__language": job.language,
        "text__icontains": job.contains.strip(),
    }
    turns = turns.filter(**{name: value for name, value in chosen.items() if value})
    return turns if job.below is None else _under(turns, job, lambda profile: job.below)


def _low(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    """Under the threshold of the active profile: the paper's “dissatisfies the user”."""
    return _under(turns, job, lambda profile: profile.threshold)


def _under(turns: QuerySet[Turn], job: LabelJob, bound) -> QuerySet[Turn]:
    """Where the champion's answer has a final score under `bound(profile)`."""
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None:
        raise JobError(_("No scores yet, so no answer is known to be below the threshold."))
    profile = Profile.objects.active_for(job.dataset, scorer_set)
    scores = Score.objects.filter(scorer_set=scorer_set, dataset=job.dataset, version=Version.objects.champion())
    return turns.filter(Exists(scores.filter(comparison__turn=OuterRef("pk"), final__lt=bound(profile))))


def _rejected(turns: QuerySet[Turn], job: LabelJob) -> QuerySet[Turn]:
    verdicts = Verdict.objects.active().filter(round__dataset=job.dataset, current__end_acceptable=False)
    if job.round_id:
        verdicts = verdicts.filter(round=job.round_id)
    return turns.filter(Exists(verdicts.filter(comparison__turn=OuterRef("pk"))))


SELECTIONS = {
    LabelJob.Selection.ALL: lambda turns, job: turns,
    LabelJob.Selection.LOW: _low,
    LabelJob.Selection.REJECTED: _rejected,
}
