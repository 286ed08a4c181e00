"""What happens after a step and after an evaluation, one concern a callback.

To evaluate and save on schedule is the work of transformers' own DefaultFlowCallback, told by the Trainer's arguments.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from transformers import TrainerCallback

from training.ml import checkpoints
from training.ml.progress import Progress, Throughput, memory_mb

DEV_LOSS = "eval_loss"  # as transformers and TensorBoard name it


class Diverged(RuntimeError):
    """The loss is no number any more; the checkpoints before it are kept."""


class StepMeter(TrainerCallback):
    """Measures the steps of this process; loss and tokens, which no event carries, it is told by the Trainer."""

    def __init__(self):
        self.losses: list[float] = []  # nats
        self.throughput, self.learning_rate = Throughput(), 0.0

    def add(self, loss: float, tokens: int, learned: int) -> None:
        self.losses.append(loss)
        self._size = (tokens, learned)

    def on_step_begin(self, args, state, control, **rest):
        self._began = time.perf_counter()

    def on_optimizer_step(self, args, state, control, lr_scheduler, **rest):
        self.learning_rate = lr_scheduler.get_last_lr()[0]

    def on_step_end(self, args, state, control, **rest):
        self.throughput.add(*self._size, time.perf_counter() - self._began)


class TerminateOnNaN(TrainerCallback):
    """Raises Diverged as soon as the loss of a step is not finite."""

    def __init__(self, meter: StepMeter):
        self.meter = meter

    def on_step_end(self, args, state, control, **rest):
        loss = self.meter.losses[-1]
        if not math.isfinite(loss):
            raise Diverged(f"The loss became {loss} at step {state.global_step}; a lower learning rate may help.")


class ReportProgress(TrainerCallback):
    """Tells how the run goes, after each step and each evaluation but that of the base."""

    def __init__(self, meter: StepMeter, on_progress: Callable[[Progress], None]):
        self.meter, self.on_progress = meter, on_progress

    def on_step_end(self, args, state, control, **rest):
        self._tell(state)

    def on_evaluate(self, args, state, control, **rest):
        if state.global_step:
            self._tell(state)

    def _tell(self, state) -> None:
        throughput = self.meter.throughput
        tokens_per_s, _ = throughput.rates()
        self.on_progress(
            Progress(
                step=state.global_step,
                max_steps=state.max_steps,
                loss=self.meter.losses[-1],
                dev_loss=next(reversed(dev_losses(state.log_history).values()), None),
                learning_rate=self.meter.learning_rate,
                tokens_per_s=tokens_per_s,
                memory_mb=memory_mb(),
                seconds_left=throughput.seconds_left(state.max_steps - state.global_step),
            )
        )


class StopWhenAsked(TrainerCallback):
    """Saves and ends the training after the step at which `should_stop` says yes."""

    def __init__(self, should_stop: Callable[[], bool]):
        self._should_stop, self.was_asked = should_stop, False

    def asked(self) -> bool:
        """Whether somebody wants it to stop; nobody is asked again after a yes."""
        self.was_asked = self.was_asked or self._should_stop()
        return self.was_asked

    def on_step_end(self, args, state, control, **rest):
        if self.asked():
            _end(control)

    def on_evaluate(self, args, state, control, **rest):
        if self.was_asked:
            _end(control)


class EarlyStopping(TrainerCallback):
    """Saves each best, and ends the training after `patience` evaluations without gain, that of the base included.

    EarlyStoppingCallback does neither save the best beside what is saved on schedule nor count the base.
    """

    def __init__(self, patience: int):
        self.patience = patience

    def on_evaluate(self, args, state, control, **rest):
        stale = evaluations_without_gain(list(dev_losses(state.log_history).values()))
        if state.global_step and stale == 0:
            control.should_save = True
        if stale >= self.patience:
            _end(control)


class KeepSchedule(TrainerCallback):
    """Evaluates and saves as the settings say, also where the checkpoint to resume from remembers another schedule."""

    def on_train_begin(self, args, state, control, **rest):
        state.compute_steps(args, state.max_steps)


class PublishCheckpoint(TrainerCallback):
    """Gives what the Trainer has written its manifest and its place in `folder`."""

    def __init__(self, folder: Path, **about):
        self.folder, self.about = folder, about

    def on_save(self, args, state, control, **rest):
        target = checkpoints.place(self.folder, state.global_step)
        checkpoints.publish(Path(args.output_dir) / target.name, target, **self.about)


def _end(control) -> None:
    control.should_evaluate, control.should_save, control.should_training_stop = False, True, True


def dev_losses(history: list[dict]) -> dict[int, float]:
    """Dev loss by step, of the history that the Trainer's state keeps."""
    return {entry["step"]: entry[DEV_LOSS] for entry in history if DEV_LOSS in entry}


def evaluations_without_gain(losses: list[float]) -> int:
    """How many evaluations ago the lowest loss was seen for the first time."""
    return len(losses) - 1 - losses.index(min(losses)) if losses else 0
