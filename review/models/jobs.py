"""Long work on verdicts: taking them over from files, and exporting them."""

import time
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from ecc_site.core.jobs import Job, one_active_per
from review.models.rounds import Round
from review.querysets import ExportJobQuerySet


class TakeOverJob(Job):
    """The verdicts that came with a dataset's files become verdicts of the person who asked for it."""

    task_name = "review.tasks.take_over_verdicts"
    kind_name = _("Adopting verdicts")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="take_over_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("dataset", name="one_take_over_a_dataset")]

    def __str__(self) -> str:
        return _("Taking over the verdicts of %(dataset)s") % {"dataset": self.dataset}


class MakeRoundJob(Job):
    """The items of a large round are chosen and stored; it opens when all are there."""

    task_name = "review.tasks.make_round"
    kind_name = _("Creating a review round")
    starts_anew = True

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="make_jobs")

    class Meta(Job.Meta):
        constraints = [one_active_per("round", name="a_round_is_made_once")]

    def __str__(self) -> str:
        return _("Creating the round %(round)s") % {"round": self.round}


class ExportJob(Job):
    """The verdicts of a round as a file of one format, which lies below ECC_DATA_DIR for some days."""

    FOLDER = "exports"
    KEPT_S = 7 * 24 * 3600

    task_name = "review.tasks.export_round"
    kind_name = _("Export")
    starts_anew = True

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=20, help_text="a name of review.exports.formats.FORMATS")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="whose verdicts; empty: everybody's",
    )
    only_corrected = models.BooleanField(default=False, help_text="only verdicts with a correction")
    part = models.JSONField(default=dict, blank=True, help_text="what else is left out, as review.exports.part says")
    record_count = models.PositiveBigIntegerField(null=True, blank=True, help_text="in the file")
    left_out = models.JSONField(default=dict, blank=True, help_text="how many verdicts made no record, by the reason")

    objects: ClassVar = ExportJobQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            one_active_per(
                *("round", "format", "only_corrected", "part"),
                name="one_export_of_all",
                where=Q(annotator__isnull=True),
            ),
            one_active_per(
                *("round", "format", "only_corrected", "part", "annotator"), name="one_export_of_an_annotator"
            ),
        ]

    def __str__(self) -> str:
        return _("Export of %(round)s as %(format)s") % {"round": self.round, "format": self.format}

    @classmethod
    def folder(cls) -> Path:
        return settings.DATA_DIR / cls.FOLDER

    @property
    def file(self) -> Path:
        """Where its file lies once it is written, until it is removed."""
        return self.folder() / f"{self.pk}.export"

    @property
    def unfinished_file(self) -> Path:
        """Where this attempt writes; each has its own, since one that was taken for dead may still be writing."""
        return self.folder() / f"{self.pk}-{self.token}.tmp"

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return self.state == self.State.DONE and self.file.is_file()

    def files(self) -> list[Path]:
        """What it and attempts that died have written and is still there."""
        written = [self.file, *self.folder().glob(f"{self.pk}-*.tmp")]
        return [file for file in written if file.is_file()]

    def remove_files(self) -> int:
        """Returns how many there were."""
        files = self.files()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    @classmethod
    def remove_old_files(cls) -> int:
        """Remove the files of exports that are some days old, also of jobs that are gone; returns how many."""
        limit = time.time() - cls.KEPT_S
        old = [file for file in cls.folder().glob("*.*") if file.stat().st_mtime < limit]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)
