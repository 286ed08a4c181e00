"""Runs a Job inside a command of manage.py: the same work as in a worker, with a progress bar instead of a page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management.base import CommandError
from tqdm import tqdm

from ecc_site.core.job_parts import Doing
from ecc_site.core.jobs import Job

JobType = TypeVar("JobType", bound=Job)


def run_here(job: JobType, work: Callable[[JobType], None], *, show: bool) -> None:
    """Do the job in this process, with a progress bar if `show` is true.

    Raises CommandError if the job fails. Ctrl-C cancels it and keeps what was done.
    """
    with tqdm(disable=not show) as bar:
        job.on_progress = lambda: _update(bar, job)
        try:
            job.run(work)
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was done is kept.") from None
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise CommandError(job.error or f"The job is {job.get_state_display()}.")


def create_or_refuse(model: type[JobType], **values: Any) -> JobType:
    """A new job. Raises CommandError if one for the same things is waiting or running."""
    job = model.objects.create_once(**values)
    if job is None:
        raise CommandError("A job like this is already waiting or running.")
    return job


def doing_here(*, show: bool) -> Doing:
    """Does jobs in this process, with a progress bar if `show` is true. Raises CommandError."""

    def do(model: type[Job], work: Callable[[Any], None], **values: Any) -> None:
        run_here(create_or_refuse(model, **values), work, show=show)

    return do


def _update(bar: tqdm, job: Job) -> None:
    bar.total = job.total
    bar.update(job.done + job.skipped - bar.n)
