"""Celery's way into labelling and training; the work itself is plain functions."""

from celery import shared_task

from training.models import LabelJob, MergeJob, Run, TeacherTableJob
from training.runs.queue import start_next


@shared_task
def train_next(run_id: int):
    """Whichever run is first in the order by now: the number only says that one was added."""
    start_next()


@shared_task
def label_dataset(job_id: int):
    from training.labels.teacher import label_dataset as ask_the_teacher

    LabelJob.objects.get(pk=job_id).run(ask_the_teacher)


@shared_task
def ask_teacher(job_id: int):
    from training.paper.table3.teacher_table import ask_teachers

    TeacherTableJob.objects.get(pk=job_id).run(ask_teachers)


@shared_task
def merge_version(job_id: int):
    from training.versions.merged import merge_version as merge

    MergeJob.objects.get(pk=job_id).run(merge)


@shared_task
def prepare_run(run_id: int):
    from training.runs.preview import prepare

    prepare(Run.objects.get(pk=run_id))
