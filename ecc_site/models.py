"""The demo's accounts, jobs that erase dialogues and that look for what is near, and the overview's figures."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.jobs import Job, one_active_per
from scoring.models import Score


class DemoAccount(models.Model):
    """Marks an account that was made with the demo and its well-known name, whatever became of its password."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.user)


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


class DatasetFigures(models.Model):
    """What the overview shows of a dataset, as it was when it was last worked out: numbers and ids, no words."""

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, related_name="overview_figures")
    figures = models.JSONField(help_text="a Figures of ecc_site.overview.figures")
    verdicts_by_day = models.JSONField(default=dict, blank=True, help_text="day: how many, of the last days")
    stamp = models.CharField(
        max_length=200, help_text="what it was worked out from, as ecc_site.overview.stamps has it"
    )
    took_s = models.FloatField(help_text="seconds that it took")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.dataset}, {self.at:%Y-%m-%d %H:%M}"
