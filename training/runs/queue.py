"""One run at a time, each in a process of its own whose output goes to a file.

The process itself claims the run and writes the heartbeat, so it outlives the worker that started it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import uuid
from collections.abc import Callable

from django.conf import settings

from training.runs.models import Run

logger = logging.getLogger(__name__)

LOOK_S = 1.0


def start_next(meanwhile: Callable[[], None] = lambda: None) -> int | None:
    """Train the first waiting run to its end; returns its id, None where none waits or one is running already.

    `meanwhile` is called every second; where it raises, the process goes on by itself.
    """
    if Run.objects.filter(state=Run.State.RUNNING).exists():
        return None
    run = Run.objects.waiting().first()
    if run is None:
        return None
    token = uuid.uuid4()
    _train_in_own_process(run, token, meanwhile)
    run.requeue_if_orphaned(token)
    following = Run.objects.waiting().first()
    if following:
        following.send()
    return run.pk


def _train_in_own_process(run: Run, token: uuid.UUID, meanwhile: Callable[[], None]) -> None:
    run.folder.mkdir(parents=True, exist_ok=True)
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    command = [*manage, "train", "--run", str(run.pk), "--claim", str(token)]
    with run.log.open("ab") as log:  # a pipe that nobody drains would stop the training
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    while (code := _ended(process)) is None:
        meanwhile()
    if code:
        logger.warning("the process of run %s ended with %s; see %s", run.pk, code, run.log)


def _ended(process: subprocess.Popen) -> int | None:
    """Its exit status, None where it still runs after a second."""
    try:
        return process.wait(timeout=LOOK_S)
    except subprocess.TimeoutExpired:
        return None
