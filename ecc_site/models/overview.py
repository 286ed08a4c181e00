"""The figures of a dataset that the overview keeps."""

from django.db import models

from dialogues.models import Dataset


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
