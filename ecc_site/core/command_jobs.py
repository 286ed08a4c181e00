"""Runs a Job inside a command of manage.py: the same work as in a worker, with a progress bar instead of a page."""

from collections.abc import Callable

from django.core.management.base import CommandError
from tqdm import tqdm

from ecc_site.core.jobs import Job


def run_here(job: Job, work: Callable[[Job], None], *, show: bool) -> None:
    """Do the job in this process. Raises CommandError where it fails; Ctrl-C cancels it and keeps what was done."""
    with tqdm(disable=not show) as bar:
        job.on_progress = lambda: _move(bar, job)
        try:
            job.run(work)
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was done is kept.") from None
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise CommandError(job.error or f"The job is {job.get_state_display()}.")


def _move(bar: tqdm, job: Job) -> None:
    bar.total = job.total
    bar.update(job.done + job.skipped - bar.n)


def create_or_refuse(model: type[Job], **values) -> Job:
    """A new job. Raises CommandError where one for the same things is waiting or running."""
    job = model.objects.create_once(**values)
    if job is None:
        raise CommandError("Such a job is waiting or running already.")
    return job
