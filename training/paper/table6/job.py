"""The work of a Table6Job: what the command table6 does, with the training in the queue of runs."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from ecc_site.core.job_parts import expect_done, look_later, part_of
from ecc_site.core.jobs import Cancelled
from training.paper.table6.experiment import Hands, Table6
from training.paper.table6.models import Table6Job
from training.runs.models import Run
from training.runs.queue import start_next


def compare_methods(job: Table6Job) -> None:
    """Label, train and measure what is not there yet, so a second attempt goes on. Raises ExpectedError, Cancelled."""
    trained: set[int] = set()

    def train(run: Run) -> None:
        if not trained:
            job.write(trains_since=timezone.now())
        trained.add(run.pk)
        train_in_queue(job, run)

    table6 = Table6(job.experiment, Hands(part_of(job), train), job.methods)
    job.write(total=sum(steps for _, steps in table6.runs), done=0, done_before=0, trains_since=None)
    for version in table6.columns():
        checkpoint = getattr(version, "checkpoint", None)
        if checkpoint and checkpoint.run_id not in trained:
            _count_earlier(job, checkpoint.step)


def train_in_queue(job: Table6Job, run: Run) -> None:
    """Train a run in its turn: whatever is before it in the queue is trained first. Raises JobError and Cancelled.

    A run that failed or was stopped goes on from its checkpoint, and one that another process trains is waited for.
    """
    run.requeue()
    job.refresh_from_db(fields=["done"])
    before = job.done

    def follow() -> None:
        run.refresh_from_db()
        try:
            job.write(done=before + run.done)
        except Cancelled:
            run.cancel()
            run.refresh_from_db()
            if run.state != Run.State.RUNNING:
                raise

    run.refresh_from_db()
    while run.is_active:
        if start_next(meanwhile=follow) is None:
            follow()
            look_later(job)
        run.refresh_from_db()
    follow()
    expect_done(run)


def _count_earlier(job: Table6Job, steps: int) -> None:
    """Steps of a run that an earlier attempt has trained are done, but say nothing about the speed of this one."""
    job.write(done=F("done") + steps, done_before=F("done") + steps)
