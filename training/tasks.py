"""Celery's tasks for labelling and training; the work itself is done by plain functions."""

from celery import Task, shared_task

from training.models import AssessmentJob, LabelJob, MergeJob, PreparationJob, Table6Job, TeacherTableJob
from training.runs.queue import start_next


@shared_task
def train_next(run_id: int) -> None:
    """Train whichever run is first in the queue by now; the id only says that one was added."""
    start_next()


@shared_task
def label_dataset(job_id: int) -> None:
    from training.labels.teacher import label_dataset as label

    LabelJob.objects.get(pk=job_id).run(label)


@shared_task
def sync_labels() -> None:
    from training.labels.latest import sync_latest

    sync_latest(most=None)


@shared_task
def ask_teacher(job_id: int) -> None:
    from training.paper.table3.experiment import ask_teachers

    TeacherTableJob.objects.get(pk=job_id).run(ask_teachers)


@shared_task
def compare_methods(job_id: int) -> None:
    from training.paper.table6.job import compare_methods as compare

    Table6Job.objects.get(pk=job_id).run(compare)


@shared_task
def merge_version(job_id: int) -> None:
    from training.versions.merge import merge_version as merge

    MergeJob.objects.get(pk=job_id).run(merge)


@shared_task(bind=True, max_retries=None)
def assess_candidate(self: Task, job_id: int) -> None:
    job = AssessmentJob.objects.get(pk=job_id)
    if job.is_active and job.must_wait():
        job.mark_sent()
        raise self.retry(countdown=2)
    from training.evaluation.assessing import assess_measured

    job.run(assess_measured)


@shared_task
def prepare_run(job_id: int) -> None:
    from training.runs.preview import prepare_draft

    PreparationJob.objects.get(pk=job_id).run(prepare_draft)
