"""The job behind Table III of the paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.jobs import Job, one_active_per
from serving.models import Version


class TeacherTableJob(Job):
    """Ask the bare and the prompted teacher the same questions: Table III of the paper."""

    task_name = "training.tasks.ask_teacher"
    queue = "models"
    kind_name = _("Teacher prompt")

    teacher = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="teacher_tables")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="teacher_tables")
    question = models.TextField(blank=True, help_text="typed by a person; else turns of the dataset are asked")
    rows = models.JSONField(default=list, blank=True, help_text="[{question, bare, prompted}] as ids of cloud calls")

    class Meta(Job.Meta):
        constraints = [one_active_per("teacher", name="one_teacher_table_at_a_time")]

    def __str__(self) -> str:
        return _("Teacher prompt: %(questions)s") % {"questions": self.dataset or self.question[:40]}
