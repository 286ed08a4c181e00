"""Trains an adapter on a base model, from the beginning or from a checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.ml import checkpoints
from training.ml.callbacks import RunCallback, dev_losses
from training.ml.compatibility import parameter_count, read_config, refusals
from training.ml.data import CannotTrain, TrainingData
from training.ml.events import recorded
from training.ml.examples import Example, count_cuts
from training.ml.precision import TYPES, choose
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
    best: Path  # with patience the one of the lowest dev loss, else the last
    cut: dict[str, int]  # train examples whose prompt or reply was too long
    precision: str  # float32 | bfloat16
    seconds: float


def train(
    base: str | Path,
    train_examples: Sequence[Example],
    dev_examples: Sequence[Example],
    settings: TrainingSettings,
    folder: Path,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    resume_from: Path | None = None,
) -> Trained:
    """Train and leave checkpoints in `folder`; `on_progress` is called after each step and each evaluation.

    `should_stop` is asked after each step and between dev batches; yes saves a checkpoint and returns. It seeds the
    global random generators. On one thread (`torch.set_num_threads(1)`) a resumed run repeats the uninterrupted one
    bit by bit. Raises CannotTrain, CannotResume, Diverged, OSError.
    """
    began = time.perf_counter()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoints.clear_unfinished(folder)
    _refuse(read_config(base), train_examples, settings)
    data = TrainingData(base, train_examples, dev_examples, settings)
    manifest = resume_from and checkpoints.to_resume(resume_from, settings, checkpoints.data_hash(data.train))
    precision = manifest.precision if manifest else choose(settings.precision, data.probe, parameter_count(base))
    with recorded(folder, on_progress) as told:
        run_callback = RunCallback(settings, told, should_stop)
        trainer = AdapterTrainer(
            data.model(TYPES[precision]),
            encoded=data.train,
            plan=data.plan(settings.max_steps),
            dev=data.dev,
            collate=data.collate,
            settings=settings,
            folder=folder,
            base=str(base),
            precision=precision,
            run_callback=run_callback,
        )
        trainer.train(resume_from_checkpoint=str(resume_from) if resume_from else None)
    step, measured = trainer.state.global_step, dev_losses(trainer.state.log_history)
    last = checkpoints.place(folder, step)
    return Trained(
        state=run_callback.state,
        step=step,
        losses=run_callback.losses,
        dev_losses=measured,
        checkpoint=last,
        best=(settings.patience and _lowest(folder, measured)) or last,
        cut=count_cuts(data.train),
        precision=precision,
        seconds=time.perf_counter() - began,
    )


def _refuse(config: dict, examples: Sequence[Example], settings: TrainingSettings) -> None:
    reasons = refusals(config, settings)
    if not examples:
        reasons.append("There is no example to learn.")
    if reasons:
        raise CannotTrain(" ".join(reasons))


def _lowest(folder: Path, measured: dict[int, float]) -> Path | None:
    """The saved checkpoint of the lowest dev loss.

    Only for who asked for early stopping: of few examples the dev loss soon rises, since it punishes confidence, while
    the replies still get better.
    """
    saved = {checkpoints.place(folder, step): loss for step, loss in measured.items() if step}
    present = [checkpoint for checkpoint in checkpoints.checkpoints(folder) if checkpoint in saved]
    return min(present, key=saved.get, default=None)
