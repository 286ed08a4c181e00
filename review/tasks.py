"""Celery tasks of the review; they only call plain functions."""

from celery import shared_task

from review.agreement.kept import work_out
from review.calibration import kept as calibration
from review.exports import writing
from review.given import take_over
from review.models import CalibrationJob, ExportJob, FiguresJob, MakeRoundJob, SuggestTagsJob, TakeOverJob
from review.rounds.deadlines import close_due
from review.rounds.making import fill_later
from review.tags import suggesting


@shared_task
def take_over_verdicts(job_id: int) -> None:
    TakeOverJob.objects.get(pk=job_id).run(take_over)


@shared_task
def make_round(job_id: int) -> None:
    MakeRoundJob.objects.get(pk=job_id).run(fill_later)


@shared_task
def export_round(job_id: int) -> None:
    ExportJob.objects.get(pk=job_id).run(writing.export_round)


@shared_task
def work_out_figures(job_id: int) -> None:
    FiguresJob.objects.get(pk=job_id).run(work_out)


@shared_task
def calibrate(job_id: int) -> None:
    CalibrationJob.objects.get(pk=job_id).run(calibration.work_out)


@shared_task
def suggest_tags(job_id: int) -> None:
    SuggestTagsJob.objects.get(pk=job_id).run(suggesting.suggest_tags)


@shared_task
def remove_old_exports() -> None:
    ExportJob.remove_old_files()


@shared_task
def close_due_rounds() -> None:
    close_due()
