"""Which candidates each frozen set has assessed, and the job that has one assessed when it is measured."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import AnswerJob, Comparison, Dataset, EvalSet
from ecc_site.core.jobs import Job, one_active_per
from scoring.models import ScoreJob
from serving.models import Version
from training.evaluation.querysets import AssessmentQuerySet
from training.evaluation.scores import datasets_of


class Assessment(models.Model):
    """A candidate that was compared with a champion by the gate: the `number`-th on these test turns.

    Every run freezes a set of its own from the same test split, so numbers are counted over all sets of one dataset
    and kind of reference: otherwise each candidate would be the first. A candidate is a version that can be promoted:
    arms, which read the memory as it was, are not. Against another champion it is assessed anew.
    """

    eval_set = models.ForeignKey(EvalSet, on_delete=models.RESTRICT, related_name="assessments", help_text="its first")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="assessments", help_text="of the set")
    kind = models.CharField(max_length=10, choices=Comparison.Kind, help_text="of the references")
    candidate = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="assessments")
    champion = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="from 1, in the order in which they were measured")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "kind", "candidate", "champion"], name="assessment_once"),
            models.UniqueConstraint(fields=["dataset", "kind", "number"], name="assessment_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="assessment_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} against {self.champion}: number {self.number} on {self.dataset}"


class AssessmentJob(Job):
    """Give a candidate its number on a frozen set once answers and scores of both versions are there."""

    task_name = "training.tasks.assess_candidate"
    kind_name = _("Assessing a candidate")

    eval_set = models.ForeignKey(EvalSet, on_delete=models.CASCADE, related_name="assessment_jobs")
    candidate = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="assessment_jobs")
    champion = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")

    class Meta(Job.Meta):
        constraints = [one_active_per("eval_set", "candidate", "champion", name="one_assessment_job_at_a_time")]

    def __str__(self) -> str:
        return _("Assessing %(version)s on %(eval_set)s") % {"version": self.candidate, "eval_set": self.eval_set}

    def must_wait(self) -> bool:
        """Assessing waits for the answers and scores that are being produced."""
        work = {"dataset__in": datasets_of(self.eval_set)}
        answers = AnswerJob.objects.active().filter(version__in=[self.candidate_id, self.champion_id], **work)
        return answers.exists() or ScoreJob.objects.active().filter(**work).exists()
