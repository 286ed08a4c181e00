"""The jobs that erase dialogues everywhere."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.jobs import Job, one_active_per


class EraseJob(Job):
    """Erase dialogues with all that was made of them: those that a person chose, or all of a dataset that are too old.

    Nothing in it repeats what was said: dialogues and runs are named by their ids.
    """

    task_name = "ecc_site.tasks.erase"
    kind_name = _("Erasing")
    page = "erasure"

    dialogues = models.JSONField(default=list, blank=True, help_text="ids that a person chose")
    dataset = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="erase_jobs",
        help_text="all that are too old in it; empty: those that a person chose",
    )
    older_than_days = models.PositiveIntegerField(null=True, blank=True)
    keeps_used = models.BooleanField(default=False, help_text="what was reviewed or learned stays, however old")
    reason = models.TextField(blank=True)
    removed = models.JSONField(default=dict, blank=True, help_text="kind: how many")
    audited = models.JSONField(default=dict, blank=True, help_text="of these, what the audit log has")
    learners = models.JSONField(default=dict, blank=True, help_text="id of a run that learned of them: is that certain")

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            one_active_per("dataset", name="one_retention_job_at_a_time", where=Q(dataset__isnull=False)),
            models.CheckConstraint(
                condition=Q(dataset__isnull=True, older_than_days__isnull=True)
                | Q(dataset__isnull=False, older_than_days__isnull=False, older_than_days__gte=1),
                name="erase_job_is_of_chosen_or_of_old_ones",
            ),
        ]

    def __str__(self) -> str:
        if self.dataset:
            return _("Erasing old dialogues of %(dataset)s") % {"dataset": self.dataset}
        return str(_("Erasure on request"))

    def count(self, removed: Mapping[str, int], learners: Mapping[str, bool], *, dialogues: int = 1) -> None:
        """Count what is gone, in the transaction that removes it. Raises Superseded and Cancelled."""
        counts, known = Counter(self.removed) + Counter(removed), {**learners, **self.learners}
        certain = {run: known[run] or learners.get(run, False) for run in known}
        self.write(removed=counts, learners=certain, done=F("done") + dialogues)
        self.removed, self.learners, self.done = counts, certain, self.done + dialogues
        if self.on_progress:
            self.on_progress()
