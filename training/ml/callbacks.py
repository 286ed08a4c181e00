"""Decides after each step what happens next: go on, evaluate, save, or stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from transformers import TrainerCallback

from training.ml.progress import Progress, Throughput, memory_mb
from training.ml.settings import TrainingSettings


class Diverged(RuntimeError):
    """The loss is no number any more; the checkpoints before it are kept."""


class RunCallback(TrainerCallback):
    """`state` says how it ended: finished | cancelled | stopped_early."""

    def __init__(
        self, settings: TrainingSettings, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ):
        self.settings, self.on_progress, self._asked = settings, on_progress, should_stop
        self.throughput, self.state, self.losses = Throughput(), "finished", []

    def should_stop(self) -> bool:
        """Whether somebody wants it to stop; asked once after the answer was yes."""
        if self.state != "cancelled" and self._asked():
            self.state = "cancelled"
        return self.state == "cancelled"

    def stepped(self, loss: float, learning_rate: float, tokens: int, learned: int) -> None:
        self.losses.append(loss)
        self.learning_rate, self.size = learning_rate, (tokens, learned)

    def on_step_begin(self, args, state, control, **rest):
        self.step_began = time.perf_counter()

    def on_step_end(self, args, state, control, **rest):
        self.throughput.add(*self.size, time.perf_counter() - self.step_began)
        step = state.global_step
        if not math.isfinite(self.losses[-1]):
            raise Diverged(f"The loss became {self.losses[-1]} at step {step}; a lower learning rate may help.")
        last = step >= self.settings.max_steps
        control.should_save = last or step % self.settings.save_every == 0
        every = self.settings.eval_every
        control.should_evaluate = bool(every) and (last or step % every == 0)
        self._tell(state)
        if self.should_stop():
            self._end(control)
        return control

    def on_evaluate(self, args, state, control, **rest):
        if self.state == "cancelled":
            self._end(control)
            return control
        losses = dev_losses(state.log_history)
        if self.settings.patience and state.global_step:
            stale = evaluations_without_gain(list(losses.values()))
            control.should_save = control.should_save or stale == 0  # the best must be there to choose it
            if stale >= self.settings.patience and state.global_step < self.settings.max_steps:
                self.state, control.should_save, control.should_training_stop = "stopped_early", True, True
        if state.global_step:
            self._tell(state)
        return control

    def _end(self, control) -> None:
        control.should_evaluate, control.should_save, control.should_training_stop = False, True, True

    def _tell(self, state) -> None:
        tokens_per_s, learned_per_s = self.throughput.rates()
        step, total = state.global_step, self.settings.max_steps
        self.on_progress(
            Progress(
                step=step,
                max_steps=total,
                loss=self.losses[-1],
                dev_loss=next(reversed(dev_losses(state.log_history).values()), None),
                learning_rate=self.learning_rate,
                tokens_per_s=tokens_per_s,
                learned_tokens_per_s=learned_per_s,
                memory_mb=memory_mb(),
                seconds_left=self.throughput.seconds_left(total - step),
            )
        )


def dev_losses(history: list[dict]) -> dict[int, float]:
    """Dev loss by step, of the history that the Trainer's state keeps."""
    return {entry["step"]: entry["dev_loss"] for entry in history if "dev_loss" in entry}


def evaluations_without_gain(losses: list[float]) -> int:
    """How many evaluations ago the lowest loss was seen for the first time."""
    return len(losses) - 1 - losses.index(min(losses)) if losses else 0
