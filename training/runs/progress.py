"""Between the training loop and the database: progress goes out, a request to stop comes in."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ecc_site.core.jobs import Cancelled
from serving.models import Version
from training.ml import checkpoints
from training.ml.progress import Progress
from training.runs.models import Checkpoint, LossPoint, Run

BETWEEN_WRITES_S = 0.5  # a step can take milliseconds, and a page reloads every few seconds


class ProgressReporter:
    """Writes progress at most twice a second, and evaluations, checkpoints and the last step at once."""

    def __init__(self, run: Run):
        self.run, self.cancelled = run, False
        self._written_at = 0.0
        self._dev_loss: float | None = None
        self._folders: set[str] = set()

    def progress(self, now: Progress) -> None:
        folders = {path.name for path in Path(self.run.folder).glob(f"{checkpoints.NAME}*")}
        is_urgent = folders != self._folders or now.dev_loss != self._dev_loss or now.step >= now.max_steps
        if not is_urgent and time.monotonic() - self._written_at < BETWEEN_WRITES_S:
            return
        self._write(now)
        if folders != self._folders:
            store_checkpoints(self.run)
        self._written_at, self._dev_loss, self._folders = time.monotonic(), now.dev_loss, folders

    def should_stop(self) -> bool:
        return self.cancelled

    def _write(self, now: Progress) -> None:
        Run.objects.filter(pk=self.run.pk).update(progress=asdict(now))
        values: dict[str, float | None] = {"loss": now.loss}
        if now.dev_loss != self._dev_loss:
            values["dev_loss"] = now.dev_loss
        LossPoint.objects.update_or_create(run=self.run, step=now.step, defaults=values)
        try:
            self.run.advance(done=now.step - self.run.done)
        except Cancelled:
            self.cancelled = True  # the loop saves a checkpoint and ends by itself


class StopAsked:
    """Called between steps: whether a person has asked the run to stop. Raises Superseded."""

    def __init__(self, run: Run):
        self.run = run

    def __call__(self) -> bool:
        try:
            self.run.check_in()
        except Cancelled:
            return True
        return False


def store_checkpoints(run: Run) -> None:
    """Make a version of every complete checkpoint folder that has none yet."""
    stored = set(run.checkpoints.values_list("step", flat=True))
    for folder in checkpoints.checkpoints(run.folder):
        step = int(folder.name.removeprefix(checkpoints.NAME))
        if step not in stored:
            _store(run, step, folder)


def _store(run: Run, step: int, folder: Path) -> None:
    loss = LossPoint.objects.filter(run=run, step=step).values_list("dev_loss", flat=True).first()
    with transaction.atomic():
        version = Version.objects.create(
            kind=Version.Kind.END,
            name=f"{run.method}-{step} · run {run.pk}",
            model=run.base.model,
            adapter=str(folder.relative_to(settings.DATA_DIR)),
            base=run.base,
            reads_memory=run.base.reads_memory,
        )
        Checkpoint.objects.create(run=run, step=step, version=version, dev_loss=loss)
