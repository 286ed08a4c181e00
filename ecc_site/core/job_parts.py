"""Jobs that are made of other jobs: each part has its own row, so it shows its progress and is not done twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from ecc_site.core.jobs import Job, JobError

LOOK_S = 1.0  # between two looks at a job that another process does
pause = time.sleep


class Doing(Protocol):
    """Does a job of a kind and with these values to its end. Raises where it does not end as done."""

    def __call__(self, model: type[Job], work: Callable[[Any], None], **values: Any) -> None: ...


def part_of(whole: Job) -> Doing:
    """Does jobs in this process as parts of a job: cancelling that stops the part that is at work.

    Where the same is waiting or running elsewhere, that is waited for. Raises JobError, Cancelled and Superseded.
    """

    def do(model: type[Job], work: Callable[[Any], None], **values: Any) -> None:
        while (part := model.objects.create_once(created_by=whole.created_by, **values)) is None:
            look_later(whole)
        part.on_progress = whole.check_in
        part.run(work)
        part.refresh_from_db()
        while part.is_active:  # the database failed, and a worker goes on with it
            look_later(whole)
            part.refresh_from_db()
        whole.check_in()
        expect_done(part)

    return do


def look_later(whole: Job) -> None:
    """Wait a moment for what another process does. Raises Cancelled and Superseded."""
    whole.check_in()
    pause(LOOK_S)


def expect_done(part: Job) -> None:
    """Raises JobError."""
    if part.state != Job.State.DONE:
        raise JobError(f"{part}: {part.error or part.get_state_display()}")
