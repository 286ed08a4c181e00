"""The job behind the button of Table VI."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import AnswerJob, Dataset
from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.jobs import Job, one_active_per
from scoring.models import ScoreJob
from training.labels.models import LabelJob
from training.runs.models import Experiment
from training.runs.presets import PRESET_NAMES


class Table6JobManager(models.Manager.from_queryset(JobQuerySet)):  # type: ignore[misc]
    """With what the name of a job is made of, so that a list of them asks once."""

    def get_queryset(self) -> JobQuerySet[Table6Job]:
        return super().get_queryset().select_related("experiment__dataset")


class Table6Job(Job):
    """Label, train with several methods and measure: Table VI of the paper. Its progress counts training steps.

    It lies in the queue of the runs, which it trains one by one, each in a process of its own.
    """

    task_name = "training.tasks.compare_methods"
    queue = "training"
    kind_name = _("Comparison of methods")

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="jobs")
    methods = models.JSONField(help_text="names of the PEFT methods")
    trains_since = models.DateTimeField(null=True, blank=True, help_text="when this attempt began its first run")

    objects: ClassVar = Table6JobManager()

    class Meta(Job.Meta):
        constraints = [one_active_per("experiment", name="one_active_job_per_experiment")]

    def __str__(self) -> str:
        of = self.experiment
        words = {"dataset": of.dataset, "preset": PRESET_NAMES.get(of.preset, of.preset), "scale": f"{of.scale:g}"}
        return _("Comparing methods on %(dataset)s: %(preset)s, ×%(scale)s") % words

    @property
    def rate(self) -> float | None:
        """Training steps per second of the current attempt, with the measuring between the runs; None before them."""
        if not self.trains_since:
            return None
        seconds = ((self.ended_at or timezone.now()) - self.trains_since).total_seconds()
        return (self.done - self.done_before) / seconds if seconds > 0 else None

    def parts(self) -> list[Job]:
        """What is under way for it now: runs, labels, answers, scores."""
        if self.state != self.State.RUNNING:
            return []
        datasets = [self.experiment.dataset_id, *self._inputs()]
        active: list[Any] = [
            self.experiment.runs.active(),
            LabelJob.objects.active().filter(dataset=self.experiment.dataset_id),
            AnswerJob.objects.active().filter(dataset__in=datasets),
            ScoreJob.objects.active().filter(dataset__in=datasets),
        ]
        return [job for jobs in active for job in jobs]

    def _inputs(self) -> list[int]:
        return list(Dataset.objects.filter(builtin=Dataset.Builtin.TABLE6).values_list("pk", flat=True))
