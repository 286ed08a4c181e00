"""The job that merges a version's adapter with its base."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ecc_site.core.jobs import Job, one_active_per
from serving.models import Version


class MergeJob(Job):
    """Merge a version's LoRA adapter and its base into one plain model, for servers that take no adapters."""

    task_name = "training.tasks.merge_version"
    queue = "models"
    kind_name = _("Merging")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="merge_jobs")
    exact = models.BooleanField(default=False, help_text="in float32, instead of the base's own precision")

    class Meta(Job.Meta):
        constraints = [one_active_per("version", name="one_merge_job_at_a_time")]

    def __str__(self) -> str:
        return _("Merging %(version)s") % {"version": self.version}
