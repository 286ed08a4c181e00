"""Trains an adapter on a base model, from the beginning or from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tensorboardX import SummaryWriter
from transformers.integrations import TensorBoardCallback

from training.ml import checkpoints
from training.ml.callbacks import (
    EarlyStopping,
    KeepSchedule,
    PublishCheckpoint,
    ReportProgress,
    StepMeter,
    StopWhenAsked,
    TerminateOnNaN,
    dev_losses,
)
from training.ml.compatibility import read_config, refusals
from training.ml.data import CannotTrain, TrainingData
from training.ml.examples import Example
from training.ml.precision import TYPES
from training.ml.progress import Progress
from training.ml.settings import TrainingSettings
from training.ml.trainer import AdapterTrainer


@dataclass(frozen=True)
class Trained:
    """What a run left behind. `state`: finished | cancelled | stopped_early."""

    state: str
    step: int
    losses: list[float]  # of each step since the start or the resumption, nats
    dev_losses: dict[int, float]  # by step, 0 is the base; nats
    checkpoint: Path  # the last
    best: Path  # the one of the lowest dev loss, the last where there is no dev loss


def train(
    base: str | Path,
    train_examples: Sequence[Example],
    dev_examples: Sequence[Example],
    settings: TrainingSettings,
    folder: Path,
    *,
    on_accepted: Callable[[], None] = lambda: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    resume_from: Path | None = None,
) -> Trained:
    """Train and leave checkpoints in `folder`; `on_progress` is called after each step and each evaluation.

    `on_accepted` is called before the first step, once base, settings, data and checkpoint are known to fit.
    `should_stop` is asked after each step and between dev batches; yes saves a checkpoint and returns. It seeds the
    global random generators. On one thread (`torch.set_num_threads(1)`) a resumed run repeats the uninterrupted one
    bit by bit. Raises CannotTrain, CannotResume, Diverged, OSError.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _refuse(read_config(base), train_examples, settings)
    data = TrainingData(base, train_examples, dev_examples, settings)
    data_hash = checkpoints.data_hash(data.train)
    manifest = resume_from and checkpoints.to_resume(resume_from, settings, data_hash)
    on_accepted()
    precision = manifest.precision if manifest else data.precision()
    about = {"settings": settings.as_dict(), "base": str(base), "data_hash": data_hash, "precision": precision}
    meter, stop = StepMeter(), StopWhenAsked(should_stop)
    callbacks = [KeepSchedule(), TerminateOnNaN(meter), ReportProgress(meter, on_progress), stop]
    callbacks += [EarlyStopping(settings.patience)] if settings.patience else []
    callbacks += [PublishCheckpoint(folder, **about)]
    with checkpoints.written_in(folder) as writing, SummaryWriter(str(folder / "events")) as events:
        trainer = AdapterTrainer(
            data.model(TYPES[precision]),
            data,
            folder=writing,
            meter=meter,
            callbacks=[*callbacks, TensorBoardCallback(events)],
            should_stop=stop.asked,
            resumes=resume_from is not None,
        )
        trainer.train(resume_from_checkpoint=str(resume_from) if resume_from else None)
    return _trained(trainer, folder, was_stopped=stop.was_asked)


def _trained(trainer: AdapterTrainer, folder: Path, *, was_stopped: bool) -> Trained:
    settings, step, measured = trainer.data.settings, trainer.state.global_step, dev_losses(trainer.state.log_history)
    last = checkpoints.place(folder, step)
    return Trained(
        state="cancelled" if was_stopped else "finished" if step >= settings.max_steps else "stopped_early",
        step=step,
        losses=trainer.meter.losses,
        dev_losses=measured,
        checkpoint=last,
        best=_lowest(folder, measured) or last,
    )


def _refuse(config: dict, examples: Sequence[Example], settings: TrainingSettings) -> None:
    reasons = refusals(config, settings)
    if not examples:
        reasons.append("There is no example to learn.")
    if reasons:
        raise CannotTrain(" ".join(reasons))


def _lowest(folder: Path, measured: dict[int, float]) -> Path | None:
    """The saved checkpoint of the lowest dev loss; None where none was measured."""
    saved = {checkpoints.place(folder, step): loss for step, loss in measured.items() if step}
    present = [checkpoint for checkpoint in checkpoints.checkpoints(folder) if checkpoint in saved]
    return min(present, key=saved.__getitem__, default=None)
