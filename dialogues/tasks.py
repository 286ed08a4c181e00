"""Celery tasks for importing and answering; they only call plain functions."""

from celery import shared_task

from dialogues.answering import answer_dataset as produce_answers
from dialogues.importing.run import import_file as run_import
from dialogues.importing.undo import undo_import as run_undo
from dialogues.models import AnswerJob, ImportJob, UndoJob
from dialogues.uploads import remove_old


@shared_task
def import_file(job_id: int) -> None:
    ImportJob.objects.get(pk=job_id).run(run_import)


@shared_task
def undo_import(job_id: int) -> None:
    UndoJob.objects.get(pk=job_id).run(run_undo)


@shared_task
def answer_dataset(job_id: int) -> None:
    AnswerJob.objects.get(pk=job_id).run(produce_answers)


@shared_task
def remove_old_uploads() -> None:
    remove_old(set(ImportJob.objects.active().values_list("path", flat=True)))
