"""Questions that somebody asks to see what a customer would get."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from ecc_site.core.jobs import Job
from serving.models import Version

if TYPE_CHECKING:
    from knowledge.retrieval.answering import Used


class TrialJob(Job):
    """A question that somebody asks the model that answers customers, to see what it would say now."""

    task_name = "knowledge.tasks.answer_trial"
    queue = "models"
    kind_name = _("Trial question")
    page = "trial"

    question = models.TextField()
    context = models.TextField(blank=True, help_text="the customer's message before it")
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="trials")
    answer = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    memory_revision = models.PositiveBigIntegerField(null=True, blank=True)
    used = models.JSONField(default=list, blank=True, help_text="[[id of an entry, how it was used], …]")

    def __str__(self) -> str:
        return _("Trial question “%(question)s”") % {"question": self.question[:60]}

    def keep(
        self, version: Version, answer: str, finish_reason: str, revision: int | None, used: Iterable[Used]
    ) -> None:
        """Store the answer, while this job is still claimed by this worker."""
        self.write(
            version=version,
            answer=answer,
            finish_reason=finish_reason,
            memory_revision=revision,
            used=[[entry.id, str(entry.use)] for entry in used],
        )
