"""The figures of large rounds, which are kept, and the job that works them out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ecc_site.core.jobs import Job, one_active_per
from review.models.rounds import Round


class RoundFigures(models.Model):
    """Agreement and preferences of a round, as they were when they were last worked out."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="kept_figures")
    figures = models.JSONField(help_text="a RoundAgreement of review.agreement.of_round")
    revision = models.PositiveBigIntegerField(help_text="the newest of its verdicts then; later ones are not in them")
    verdict_count = models.PositiveIntegerField(help_text="active verdicts then")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.round}, {self.verdict_count}"


class FiguresJob(Job):
    """The figures of a large round are worked out and kept."""

    task_name = "review.tasks.work_out_figures"
    kind_name = _("Agreement of a round")
    starts_anew = True

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="figures_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("round", name="figures_are_worked_out_once")]

    def __str__(self) -> str:
        return _("Agreement in %(round)s") % {"round": self.round}
