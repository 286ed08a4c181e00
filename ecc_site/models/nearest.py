"""The jobs that look for what is near a question."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.jobs import Job, one_active_per
from scoring.models import Score


class NearestJob(Job):
    """Find what people accepted, what the memory has and what the answer's version learned nearest to a question.

    Only ids are kept of it, so nothing that somebody said outlives its own row.
    """

    task_name = "ecc_site.tasks.find_nearest"
    queue = "models"
    kind_name = _("Nearest replies")
    starts_anew = True

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="nearest_jobs")
    found = models.JSONField(
        default=dict, blank=True, help_text="kind: {near: [[id, similarity 0 to 1], …] nearest first, of: how many}"
    )

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [one_active_per("score", name="nearest_looked_for_once")]

    def __str__(self) -> str:
        return _("Nearest replies for score %(score)s") % {"score": self.score_id}
