"""Which of several learning rates is best: a short training with each, judged on the dev examples."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from training.ml.callbacks import Diverged
from training.ml.examples import Example
from training.ml.settings import TrainingSettings
from training.ml.train import train

SHARE = 4  # a trial has this fraction of the steps


def trial_steps(settings: TrainingSettings) -> int:
    return max(1, settings.max_steps // SHARE)


def dev_loss_soon(
    base: str | Path,
    train_examples: Sequence[Example],
    dev_examples: Sequence[Example],
    settings: TrainingSettings,
    folder: Path,
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> float | None:
    """Dev loss in nats after a short training by these settings; infinite where it diverges, None where it was stopped.

    Nothing of it is kept but the number. Raises as train.
    """
    steps = trial_steps(settings)
    short = replace(
        settings,
        max_steps=steps,
        warmup_steps=min(settings.warmup_steps, steps // 4),
        eval_every=steps,
        save_every=steps,
        patience=0,
    )
    place = folder / "trial"
    try:
        trained = train(base, train_examples, dev_examples, short, place, should_stop=should_stop)
    except Diverged:
        return math.inf
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return None if trained.state == "cancelled" else trained.dev_losses.get(steps, math.inf)
