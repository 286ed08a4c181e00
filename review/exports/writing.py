"""Writes exports: as the work of an ExportJob, of a command, or straight into a response."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core.jobs import JobError
from review.exports.formats import FORMATS, refusal
from review.exports.formats.base import Format
from review.exports.judged import Judged, batches
from review.exports.part import verdicts_of
from review.models import ExportJob
from review.querysets import VerdictQuerySet


def export_round(job: ExportJob) -> None:
    """Work of an ExportJob; each attempt begins anew. Raises JobError, Cancelled and Superseded."""
    format_ = FORMATS[job.format]
    if refused := refusal(format_, job.round):
        raise JobError(refused)
    job.set_total(verdicts_of(job).count())
    job.remove_files()
    try:
        job.folder().mkdir(parents=True, exist_ok=True)
        _write_all_or_nothing(job, format_())
    except OSError as error:
        raise JobError(_("The file cannot be written: %(reason)s.") % {"reason": error.strerror or error}) from error


def _write_all_or_nothing(job: ExportJob, format_: Format) -> None:
    unfinished = job.unfinished_file
    try:
        write(unfinished, format_, verdicts_of(job), job.advance)
        with transaction.atomic():  # who erases what is in the file waits for this, or takes the job away before it
            job.write(record_count=format_.record_count, left_out=dict(format_.left_out))
            os.replace(unfinished, job.file)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, format_: Format, verdicts: VerdictQuerySet, advance: Callable[[int], object]) -> None:
    """Write the verdicts to a file; the format counts, and `advance` is told how many after each batch."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for piece in format_.text(_advancing(verdicts, advance)):
            file.write(piece)


def _advancing(verdicts: VerdictQuerySet, advance: Callable[[int], object]) -> Iterator[list[Judged]]:
    for batch in batches(verdicts):
        yield batch
        advance(len(batch))
